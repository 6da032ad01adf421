# spark: TPC-H orders with their lineitems at scale factor 1, from PostgreSQL into PostgreSQL, on Spark and by the embedded engine. Called by the benchmark program; writes spark.md.
param([string]$Module, [string]$Work, [string]$Results, [string]$Pwsh, [string[]]$Only = @(), [int]$Rounds = 3, [string]$Scale = '1')
. (Join-Path $PSScriptRoot contest.ps1)
Write-Figure
if (-not ($env:DBCONDUCTOR_TEST_TPCH_BIN -and $env:DBCONDUCTOR_TEST_POSTGRESQL -and $env:SPARK_HOME)) {
    Write-Host 'left out: spark, which needs PostgreSQL, the generator of TPC-H tables and a Spark (SPARK_HOME)'
    return
}

& "$env:DBCONDUCTOR_TEST_TPCH_BIN/tpchgen-cli" csv -s $Scale -o $Work -q -T orders,lineitem
if ($LASTEXITCODE) { throw "the generator ended with $LASTEXITCODE" }
# of two sessions, so that the embedded engine joins and not the server
$null = 'pg', 'pg2' | ForEach-Object { Connect-DbAdapter -Type PostgreSql -ConnectionString $env:DBCONDUCTOR_TEST_POSTGRESQL -Name $_ }
foreach ($table in @{ orders = 'o_orderkey' }, @{ lineitem = 'l_orderkey', 'l_linenumber' }) {
    $name = @($table.Keys)[0]
    Invoke-DbQuery -Adapter pg "drop table if exists $name" -Confirm:$false > $null
    Import-DbBatch -Adapter pg -Path "$Work/$name.csv" -Into $name -CreateTable -Key $table[$name] > $null
}

$drivers = @(Get-ChildItem "$env:SPARK_HOME/connectors/*postgresql*.jar" -ErrorAction Ignore)
$jars = if ($drivers) { @{ Jar = $drivers.FullName } } else { @{} }
$start = [Diagnostics.Stopwatch]::StartNew()
$spark = Start-SparkSession 'local[*]' @jars -Option @{ 'spark.sql.shuffle.partitions' = 8; 'spark.driver.memory' = '4g' }
$startSeconds = $start.Elapsed.TotalSeconds
$join = @{
    Left = @{ Adapter = 'pg'; From = 'lineitem' }; Right = @{ Adapter = 'pg2'; From = 'orders' }; On = @{ l_orderkey = 'o_orderkey' }
    Property = 'l_orderkey', 'l_linenumber', 'l_quantity', 'l_extendedprice', 'l_shipdate', 'o_custkey', 'o_orderdate', 'o_orderpriority'
    Into = 'joined'; IntoAdapter = 'pg'; CreateTable = $true
}
$lines = foreach ($engine in 'Embedded', 'Spark') {
    $seconds = @(); $ours = 0; $driver = 0
    foreach ($round in 0..$Rounds) {
        Invoke-DbQuery -Adapter pg 'drop table if exists joined' -Confirm:$false > $null
        [GC]::Collect()
        [DbConductor.Benchmarks.Memory]::ResetPeak()
        [DbConductor.Benchmarks.Memory]::ResetPeak($spark.ProcessId)
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $result = Invoke-SparkJoin @join -Engine $engine
        if ($round) { $seconds += $watch.Elapsed.TotalSeconds }
        $ours = [Math]::Max($ours, [DbConductor.Benchmarks.Memory]::PeakMb())
        $driver = [Math]::Max($driver, [DbConductor.Benchmarks.Memory]::PeakMb($spark.ProcessId))
    }

    $median = Get-Median $seconds
    $driverMb = if ($engine -eq 'Spark') { '{0:N0}' -f $driver } else { '-' }
    '| {0} | {1:N0} | {2:F1} | {3:N0} | {4:N0} | {5} | {6} |' -f $engine, $result.Rows, $median, ($result.Rows / $median), $ours, $driverMb, $result.Path
}
$lines = @(
    '# Joins on Spark', ''
    "$([DateTime]::UtcNow.ToString('yyyy-MM-dd')), $([Environment]::ProcessorCount) cores, PowerShell $($PSVersionTable.PSVersion), Spark $($spark.SparkVersion) on $($spark.Master), Java $($spark.JavaVersion)."
    "TPC-H lineitem with orders at scale factor $Scale, from PostgreSQL into a new table there; medians of $Rounds rounds after a warm-up. The session took $($startSeconds.ToString('F1')) s to start, which is in no row."
    'On one machine the embedded engine is the faster one; Spark is for what one machine cannot hold.', ''
    '| engine | rows | seconds | rows/s | peak MB, pwsh | peak MB, Spark driver | path |', '|---|---:|---:|---:|---:|---:|---|'
) + $lines
Stop-SparkSession
Invoke-DbQuery -Adapter pg 'drop table joined; drop table orders; drop table lineitem' -Confirm:$false > $null
Get-DbAdapter | Disconnect-DbAdapter
$lines | Set-Content ([IO.Path]::Combine($Module, '..', '..', 'benchmarks', 'results', 'spark.md'))
$lines | Write-Host
