# Dot-sourced by the test files that need Spark: at discovery for what is skipped, before the tests for the rest. Needs TestAdapters.ps1.

$Spark = $env:DBCONDUCTOR_TEST_SPARK_BIN
$NoSpark = "$(Get-Content $PSScriptRoot/../../out/DbConductor/bin/spark-left-out.txt -ErrorAction Ignore)"
if (-not $NoSpark -and -not $Spark) { $NoSpark = 'no Spark: DBCONDUCTOR_TEST_SPARK_BIN names no folder of a distribution' }
# what makes small jobs quick
$SparkOptions = @{ 'spark.driver.extraJavaOptions' = '-XX:TieredStopAtLevel=1'; 'spark.sql.shuffle.partitions' = 2; 'spark.ui.enabled' = $false }

function Skip-WithoutSpark { if ($NoSpark) { Set-ItResult -Skipped -Because $NoSpark } }

# A standalone master with one worker on loopback, which works in another folder than the driver, and with mounts of its own where a folder is to be hidden from it.
function Start-SparkCluster([string] $Folder, [switch] $OwnMounts) {
    $ports = 1..2 | ForEach-Object {
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $listener
    }
    $port, $web = $ports.LocalEndpoint.Port
    $ports.Stop()
    $cluster = @{ Master = "spark://127.0.0.1:$port"; Processes = @() }
    $worker = (New-Item -ItemType Directory (Join-Path $Folder worker)).FullName
    foreach ($arguments in @('org.apache.spark.deploy.master.Master', '--host', '127.0.0.1', '--port', $port, '--webui-port', $web),
        @('org.apache.spark.deploy.worker.Worker', '--host', '127.0.0.1', '--cores', '2', '--memory', '1g', '--webui-port', '0', '--work-dir', $worker, $cluster.Master)) {
        $program = Join-Path $Spark bin/spark-class
        if ($OwnMounts) {
            $arguments = @('--mount', $program) + $arguments
            $program = 'unshare'
        }

        $start = [Diagnostics.ProcessStartInfo]::new($program)
        $start.WorkingDirectory = $worker
        $start.RedirectStandardError = $start.RedirectStandardOutput = $true
        foreach ($argument in $arguments) { $start.ArgumentList.Add($argument) }
        $start.Environment['SPARK_DAEMON_MEMORY'] = '256m'
        $start.Environment['SPARK_DAEMON_JAVA_OPTS'] = '-XX:TieredStopAtLevel=1'
        $process = [Diagnostics.Process]::Start($start)
        # nobody reads what they say, and a full pipe would hold them up
        $process.BeginErrorReadLine()
        $process.BeginOutputReadLine()
        $cluster.Processes += $process
    }

    Wait-Until { try { (Invoke-RestMethod "http://127.0.0.1:$web/json/").aliveworkers -eq 1 } catch [Net.Http.HttpRequestException] { $false } } 60
    $cluster
}

# From now on an empty folder lies over this one, for the worker and its executors.
function Hide-FromCluster($Cluster, [string] $Folder) {
    & nsenter --target $Cluster.Processes[1].Id --mount mount -t tmpfs tmpfs $Folder
    if ($LASTEXITCODE) { throw "nsenter ended with $LASTEXITCODE" }
}

# The worker goes before its master, and takes its executors along.
function Stop-SparkCluster($Cluster) {
    foreach ($process in $Cluster.Processes[1], $Cluster.Processes[0]) {
        Stop-Process -Id $process.Id -ErrorAction Ignore
        if (-not $process.WaitForExit(15000)) { $process.Kill($true) }
    }
}
