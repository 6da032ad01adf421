BeforeDiscovery {
    $leftOut = "$(Get-Content $PSScriptRoot/../../out/DbConductor/bin/spark-left-out.txt -ErrorAction Ignore)"
    $noSpark = if ($leftOut) { $leftOut } elseif (-not $env:DBCONDUCTOR_TEST_SPARK_BIN) { 'no Spark: DBCONDUCTOR_TEST_SPARK_BIN names no folder of a distribution' }
}
BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
    $spark = $env:DBCONDUCTOR_TEST_SPARK_BIN
    $noSpark = if ($leftOut = "$(Get-Content $PSScriptRoot/../../out/DbConductor/bin/spark-left-out.txt -ErrorAction Ignore)") { $leftOut } elseif (-not $spark) { 'no Spark: DBCONDUCTOR_TEST_SPARK_BIN names no folder of a distribution' }
    $options = @{ 'spark.driver.extraJavaOptions' = '-XX:TieredStopAtLevel=1'; 'spark.sql.shuffle.partitions' = 2; 'spark.ui.enabled' = $false }

    # A pwsh of its own in which the session starts; gives what it prints.
    function Start-Child([string] $Command) {
        $program = (Get-Process -Id $PID).Path
        # as a .NET tool, PowerShell runs in dotnet
        if ((Split-Path $program -LeafBase) -eq 'dotnet') { $program = (Get-Command pwsh -CommandType Application)[0].Source }
        $start = [Diagnostics.ProcessStartInfo]::new($program)
        $start.RedirectStandardOutput = $start.RedirectStandardInput = $true
        $script = "Import-Module '$ModulePath'; `$s = Start-SparkSession 'local[1]' -SparkHome '$spark' -Option @{ 'spark.ui.enabled' = `$false }; [Console]::WriteLine(`"`$PID `$(`$s.ProcessId) `$(`$s.WorkPath)`"); $Command"
        foreach ($argument in '-NoProfile', '-NonInteractive', '-Command', $script) { $start.ArgumentList.Add($argument) }
        [Diagnostics.Process]::Start($start)
    }
}

Describe 'A build or machine without Spark' -Skip:(-not $noSpark) {
    It 'says so' {
        if (-not (Test-Path $PSScriptRoot/../../out/DbConductor/bin/spark)) { (Get-Failure { Start-SparkSession }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.DriverMissing*' }
        Get-SparkSession | Should -BeNullOrEmpty
        Stop-SparkSession
    }
}

Describe 'Spark sessions' {
    BeforeEach { if ($noSpark) { Set-ItResult -Skipped -Because $noSpark } }
    AfterAll { Stop-SparkSession }

    It 'start, are shared by runspaces, and stop' {
        $session = Start-SparkSession 'local[2]' -SparkHome $spark -Option $options
        $session.State, $session.SparkVersion, $session.Master | Should -Be Running, 3.5.3, 'local[2]'
        (Start-SparkSession).ProcessId | Should -Be $session.ProcessId
        (Get-SparkSession).ApplicationId | Should -Be $session.ApplicationId
        (Get-Failure { Start-SparkSession 'local[1]' }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidOperation*'
        # another runspace has the same session, and its module goes without it
        $seen = 1 | ForEach-Object -Parallel { Import-Module $using:ModulePath; (Get-SparkSession).ProcessId; Remove-Module DbConductor }
        $seen | Should -Be $session.ProcessId
        $session.State | Should -Be Running
        $shown = $session | Out-String -Width 200
        $shown | Should -BeLike '*Master*State*Version*'
        Test-Path $session.WorkPath | Should -BeTrue
        Stop-SparkSession
        $session.State | Should -Be Ended
        Get-Process -Id $session.ProcessId -ErrorAction Ignore | Should -BeNullOrEmpty
        Test-Path $session.WorkPath | Should -BeFalse
        Test-Path $session.LogPath | Should -BeTrue
        Get-SparkSession | Should -BeNullOrEmpty
    }

    It 'end with PowerShell when it is <How>' -ForEach @(@{ How = 'killed'; Command = '$null = [Console]::ReadLine()' }, @{ How = 'at its end'; Command = '' }, @{ How = 'without the module'; Command = 'Remove-Module DbConductor; $null = [Console]::ReadLine()' }) {
        $child = Start-Child $Command
        $ids = "$($child.StandardOutput.ReadLine())" -split ' '
        $ids.Count | Should -Be 3
        if ($How -eq 'killed') { Stop-Process -Id $ids[0] -Force }
        Wait-Until { -not (Get-Process -Id $ids[1] -ErrorAction Ignore) } 30
        Get-Process -Id $ids[1] -ErrorAction Ignore | Should -BeNullOrEmpty
        Test-Path $ids[2] | Should -BeFalse
        $child.StandardInput.Close()
        $child.WaitForExit(20000) | Should -BeTrue
    }

    It 'take a profile, the one named spark by default' {
        $before = $env:XDG_CONFIG_HOME
        $env:XDG_CONFIG_HOME = $TestDrive
        try {
            Set-DbProfile spark -Type Spark -Server 'local[1]' -Option (@{ sparkHome = $spark } + $options)
            (Start-SparkSession).Master | Should -Be 'local[1]'
            Set-DbProfile other -Type Spark -Option @{ nonsense = 1 }
            (Get-Failure { Start-SparkSession -Profile other }).Exception.Message | Should -BeLike "*option 'nonsense'*"
        }
        finally {
            $env:XDG_CONFIG_HOME = $before
            Stop-SparkSession
        }
    }

    It 'say what is missing' {
        $java, $env:JAVA_HOME = $env:JAVA_HOME, $TestDrive
        try { (Get-Failure { Start-SparkSession -SparkHome $spark }).Exception.Message | Should -BeLike '*Java 8, 11 or 17*' }
        finally { $env:JAVA_HOME = $java }
        (Get-Failure { Start-SparkSession -SparkHome $TestDrive }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.DriverMissing*'
    }
}
