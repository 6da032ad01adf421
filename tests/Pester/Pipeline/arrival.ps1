# The other process: a day of flights, which it puts aside once the first process waits for it.
$ErrorActionPreference = 'Stop'
Connect-DbAdapter -Profile stash
Import-Csv ./examples/data/flights-2013-01-01.csv |
    Save-DbStash flights-2013-01-01 -Adapter stash -NullText NA -ExpiresAfter '7d' -ColumnType @{ flight = 'int'; arr_delay = 'int'; distance = 'int'; time_hour = 'datetimeoffset' }
