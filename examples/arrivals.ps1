#Requires -Version 7.4
<#
    The other process of pipeline.ps1: the system that flights come from. Each day lands in its own database, profile 'source', and from there, past PowerShell, in the
    stash of profile 'stash'.
#>
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../out/DbConductor"
$null = Connect-DbAdapter -Profile source
$null = Connect-DbAdapter -Profile stash
$types = @{ time_hour = 'datetimeoffset' }
foreach ($column in 'year', 'month', 'day', 'dep_time', 'sched_dep_time', 'dep_delay', 'arr_time', 'sched_arr_time', 'arr_delay', 'flight', 'air_time', 'distance', 'hour', 'minute') {
    $types[$column] = 'int'
}

foreach ($day in 1..7) {
    $name = "flights-2013-01-0$day"
    $null = Import-DbBatch "$PSScriptRoot/data/$name.csv" -Into flights -Adapter source -CreateTable -ColumnType $types -NullText NA -BatchId $name
    $null = Save-DbStash $name -Adapter stash -From flights -FromAdapter source -Where @{ month = 1; day = $day } -ExpiresAfter '7d'
    Start-Sleep -Milliseconds 200
}
