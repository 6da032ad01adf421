# matrix: TPC-H customer, orders and lineitem joined on Spark from each adapter into each, in every kind, at scale factor 0.1. Nothing here is a contest: what counts is that each result
# is PostgreSQL's own, row for row, and Join-DbBatch's. Called by the benchmark program; writes matrix.md, and fails where a row differs.
param([string]$Module, [string]$Work, [string]$Results, [string]$Pwsh, [string[]]$Only = @(), [string]$Scale = '0.1')
. (Join-Path $PSScriptRoot contest.ps1)
Write-Figure
if (-not ($env:DBCONDUCTOR_TEST_TPCH_BIN -and $env:DBCONDUCTOR_TEST_POSTGRESQL -and $env:SPARK_HOME)) {
    Write-Host 'left out: matrix, which needs the servers, the generator of TPC-H tables and a Spark (SPARK_HOME)'
    return
}

$root = [IO.Path]::GetFullPath([IO.Path]::Combine($Module, '..', '..'))
. $root/tests/Pester/TestAdapters.ps1
. $root/tests/Pester/TestMatrix.ps1
$sessions = Open-Matrix $env:DBCONDUCTOR_TEST_TPCH_BIN $Scale
if (-not $sessions) {
    Write-Host "left out: matrix, which needs a server of each: $MatrixTypes"
    return
}

$spark = Start-SparkSession 'local[*]' -SparkHome $env:SPARK_HOME -Jar (Get-ChildItem "$env:SPARK_HOME/connectors/*.jar").FullName -Option @{
    'spark.sql.shuffle.partitions' = 8; 'spark.driver.memory' = '3g'; 'spark.ui.enabled' = $false
}
try {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $joined = foreach ($join in $MatrixJoins.Keys) {
        foreach ($kind in $MatrixKinds) {
            Invoke-MatrixJoin $sessions $join $kind PostgreSql Sqlite -Embedded
            foreach ($from in $MatrixTypes) { foreach ($into in $MatrixTypes) { Invoke-MatrixJoin $sessions $join $kind $from $into } }
            Write-Host "$join ${kind}: $($clock.Elapsed.TotalSeconds.ToString('N0')) s"
        }
    }
}
finally {
    Stop-SparkSession
    Close-Matrix $sessions
}

$onSpark = $joined | Where-Object Path -Like 'Spark join*'
$wrong = @($joined | Where-Object Different -NE 0)
$lines = @(
    '# Joins on Spark, from each adapter into each', ''
    "$([DateTime]::UtcNow.ToString('yyyy-MM-dd')), $([Environment]::ProcessorCount) cores, PowerShell $($PSVersionTable.PSVersion), Spark $($spark.SparkVersion) on $($spark.Master)."
    "TPC-H at scale factor ${Scale}: customer with orders and orders with lineitem, each in all six kinds, from each adapter into a new table of each by ``Invoke-SparkJoin``."
    "$(@($onSpark).Count) joins on Spark, of which $(@($onSpark | Where-Object Different -EQ 0).Count) gave PostgreSQL's own rows, each as often as it gives it;"
    "so did $(@($joined | Where-Object { $_.Path -notlike 'Spark join*' -and $_.Different -eq 0 }).Count) of $($MatrixJoins.Count * $MatrixKinds.Count) by ``Join-DbBatch``."
)
foreach ($join in $MatrixJoins.Keys) {
    $counts = foreach ($kind in $MatrixKinds) { '{0} {1:N0}' -f $kind.ToLowerInvariant(), ($onSpark | Where-Object { $_.Join -eq $join -and $_.Kind -eq $kind })[0].Rows }
    $lines += '', "## $($MatrixJoins[$join].Left) with $join", '', "Rows: $($counts -join ', '). Seconds of the six together:", ''
    $lines += "| from \ into | $($MatrixTypes -join ' | ') |", "|---|$('---:|' * $MatrixTypes.Count)"
    foreach ($from in $MatrixTypes) {
        $cells = foreach ($into in $MatrixTypes) {
            '{0:F1}' -f ($onSpark | Where-Object { $_.Join -eq $join -and $_.From -eq $from -and $_.Into -eq $into } | Measure-Object Seconds -Sum).Sum
        }
        $lines += "| $from | $($cells -join ' | ') |"
    }
}

$lines | Set-Content (Join-Path $root benchmarks/results/matrix.md)
$lines | Write-Host
if ($wrong) {
    $wrong | Format-Table Join, Kind, From, Into, Rows, Different, Path | Out-String -Width 200 | Write-Host
    throw "$($wrong.Count) joins differ from PostgreSQL's."
}
