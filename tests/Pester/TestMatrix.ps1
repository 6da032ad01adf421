# Dot-sourced, after TestAdapters.ps1, by the tests and the benchmark that join TPC-H's customer, orders and lineitem on Spark from each adapter into each: the tables, PostgreSQL's
# own answers, and the comparison with them, which PostgreSQL makes too.

$MatrixTypes = $TestAdapters.Type
$MatrixKinds = 'Inner', 'Left', 'Right', 'Full', 'Semi', 'Anti'
$MatrixTables = [ordered]@{
    customer = @{ Key = 'c_custkey'; Columns = [ordered]@{ c_custkey = 'long'; c_name = 'string(25)'; c_acctbal = 'decimal(15,2)'; c_mktsegment = 'string(10)' } }
    orders = @{
        Key = 'o_orderkey'
        Columns = [ordered]@{ o_orderkey = 'long'; o_custkey = 'long'; o_totalprice = 'decimal(15,2)'; o_orderdate = 'date'; o_orderpriority = 'string(15)' }
    }
    lineitem = @{
        Key = 'l_orderkey', 'l_linenumber'
        Columns = [ordered]@{
            l_orderkey = 'long'; l_linenumber = 'int'; l_quantity = 'decimal(15,2)'; l_extendedprice = 'decimal(15,2)'; l_shipdate = 'date'; l_shipmode = 'string(10)'
        }
    }
}
$MatrixJoins = [ordered]@{
    orders = @{ Left = 'customer'; LeftKey = 'c_custkey'; Right = 'orders'; RightKey = 'o_custkey' }
    lineitem = @{ Left = 'orders'; LeftKey = 'o_orderkey'; Right = 'lineitem'; RightKey = 'l_orderkey' }
}

# Opens a session of each type and makes the tables in it; gives the sessions by type. Nothing where a server is not there.
function Open-Matrix([string] $Generator, [string] $Scale) {
    $sessions = @{}
    foreach ($type in $MatrixTypes) {
        if (-not ($sessions[$type] = Open-TestSession $type -Name "matrix-$type")) {
            Close-Matrix $sessions
            return
        }
    }

    $files = New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "dbconductor-matrix-$([guid]::NewGuid())")
    try {
        & "$Generator/tpchgen-cli" csv -s $Scale -o $files -q -T customer,orders,lineitem
        if ($LASTEXITCODE) { throw "the generator ended with $LASTEXITCODE" }
        foreach ($table in $MatrixTables.Keys) {
            $shape = $MatrixTables[$table]
            $null = New-DbTable $table -Adapter $sessions.PostgreSql -ColumnType $shape.Columns -Key $shape.Key
            $null = Import-DbBatch -Path "$files/$table.csv" -Into $table -Property @($shape.Columns.Keys) -Adapter $sessions.PostgreSql
            foreach ($type in $MatrixTypes -ne 'PostgreSql') {
                $null = Copy-DbBatch -From $table -FromAdapter $sessions.PostgreSql -Into $table -IntoAdapter $sessions[$type] -CreateTable -Key $shape.Key
            }
        }
    }
    finally {
        Remove-Item -Recurse $files
    }

    $sessions
}

function Close-Matrix([hashtable] $Sessions) { $Sessions.Values | ForEach-Object { Close-TestSession $_ } }

# PostgreSQL's own answer to a join, as a table; gives its name.
function New-MatrixAnswer([hashtable] $Sessions, [string] $Join, [string] $Kind) {
    $j = $MatrixJoins[$Join]
    $answer = "answer_${Join}_$Kind".ToLowerInvariant()
    if (-not (Get-DbTable $answer -Adapter $Sessions.PostgreSql -ErrorAction Ignore)) {
        $match = "$($j.LeftKey) = $($j.RightKey)"
        $rows = switch ($Kind) {
            Semi { "select * from $($j.Left) where exists (select from $($j.Right) where $match)" }
            Anti { "select * from $($j.Left) where not exists (select from $($j.Right) where $match)" }
            default { "select * from $($j.Left) $Kind join $($j.Right) on $match" }
        }
        $null = Invoke-DbQuery "create table $answer as $rows" -Adapter $Sessions.PostgreSql
    }

    $answer
}

# How many rows a table of a session has that the answer has not, and the other way round; each as often as it is there.
function Measure-MatrixDifference([hashtable] $Sessions, [string] $Answer, [string] $Type, [string] $Table) {
    if ($Type -ne 'PostgreSql') {
        $null = Invoke-DbQuery "drop table if exists came; create table came (like $Answer)" -Adapter $Sessions.PostgreSql
        $null = Copy-DbBatch -From $Table -FromAdapter $Sessions[$Type] -Into came -IntoAdapter $Sessions.PostgreSql
        $Table = 'came'
    }

    $columns = (Get-DbTable $Answer -Adapter $Sessions.PostgreSql).Columns.Name -join ', '
    Invoke-DbQuery "select count(*) from ((table $Answer except all select $columns from $Table) union all (select $columns from $Table except all table $Answer)) d" `
        -As SingleValue -Adapter $Sessions.PostgreSql
}

# Joins two tables of one type's session into a new table of another's, by Spark; with -Embedded by Join-DbBatch, which then joins here and not in the database.
function Invoke-MatrixJoin([hashtable] $Sessions, [string] $Join, [string] $Kind, [string] $From, [string] $Into, [switch] $Embedded) {
    $j = $MatrixJoins[$Join]
    $answer = New-MatrixAnswer $Sessions $Join $Kind
    Remove-TestTable $Sessions[$Into] joined
    $call = @{
        Left = @{ From = $j.Left; Adapter = $Sessions[$From] }; Right = @{ From = $j.Right; Adapter = $Sessions[$Embedded ? $Into : $From] }
        On = @{ $j.LeftKey = $j.RightKey }; JoinType = $Kind; Into = 'joined'; IntoAdapter = $Sessions[$Into]; CreateTable = $true
    }
    $result = if ($Embedded) { Join-DbBatch @call } else { Invoke-SparkJoin @call -Engine Spark }
    [pscustomobject]@{
        Join = $Join; Kind = $Kind; From = $From; Into = $Into; Rows = $result.Rows; Seconds = $result.Elapsed.TotalSeconds
        Path = $result.Path; Different = Measure-MatrixDifference $Sessions $answer $Into joined
    }
}
