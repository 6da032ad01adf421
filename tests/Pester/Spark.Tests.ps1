BeforeDiscovery {
    . $PSScriptRoot/TestAdapters.ps1
    $built = (Get-ChildItem $PSScriptRoot/../../out/DbConductor/bin/adapters).Name
    $setUps = @{ Stash = 'Sqlite'; Target = 'Sqlite' }, @{ Stash = 'MongoDb'; Target = 'MySql' }, @{ Stash = 'PostgreSql'; Target = 'MongoDb' }, @{ Stash = 'MySql'; Target = 'PostgreSql' } |
        Where-Object { $_.Stash -in $built -and $_.Target -in $built }
    $leftOut = "$(Get-Content $PSScriptRoot/../../out/DbConductor/bin/spark-left-out.txt -ErrorAction Ignore)"
    $noSpark = if ($leftOut) { $leftOut } elseif (-not $env:DBCONDUCTOR_TEST_SPARK_BIN) { 'no Spark: DBCONDUCTOR_TEST_SPARK_BIN names no folder of a distribution' }
}
BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
    $spark = $env:DBCONDUCTOR_TEST_SPARK_BIN
    $noSpark = if ($leftOut = "$(Get-Content $PSScriptRoot/../../out/DbConductor/bin/spark-left-out.txt -ErrorAction Ignore)") { $leftOut } elseif (-not $spark) { 'no Spark: DBCONDUCTOR_TEST_SPARK_BIN names no folder of a distribution' }
    $options = @{ 'spark.driver.extraJavaOptions' = '-XX:TieredStopAtLevel=1'; 'spark.sql.shuffle.partitions' = 2; 'spark.ui.enabled' = $false }

    # pwsh, and what starts it: as a .NET tool, it runs in dotnet.
    $program = (Get-Process -Id $PID).Path
    if ((Split-Path $program -LeafBase) -eq 'dotnet') { $program = (Get-Command pwsh -CommandType Application)[0].Source }

    # A pwsh of its own in which the session starts; gives what it prints.
    function Start-Child([string] $Command) {
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

Describe 'The pipeline on Spark with its stash in <Stash> and its target in <Target>' -ForEach $setUps {
    BeforeAll {
        . $PSScriptRoot/TestPlaces.ps1
        $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "dbconductor-$([guid]::NewGuid())")).FullName
        $places = @{ stash = New-Place $Stash $folder stash; target = New-Place $Target $folder target }
        $ready = -not $noSpark -and $places.Values -notcontains $null
        if ($ready) {
            foreach ($name in $places.Keys) {
                $place = $places[$name]
                $null = Connect-DbAdapter -Name $name @place
            }
            $null = Start-SparkSession 'local[2]' -SparkHome $spark -Option $options
        }
    }
    AfterAll {
        Get-DbAdapter | Disconnect-DbAdapter
        $places.Values | Where-Object { $_ } | ForEach-Object { Remove-Place $_ }
        Remove-Item -LiteralPath $folder -Recurse
    }
    BeforeEach { if (-not $ready) { Set-ItResult -Skipped -Because $(if ($noSpark) { $noSpark } else { 'no server: its DBCONDUCTOR_TEST_ variable is not set' }) } }

    It 'waits for another process, joins, and commits as a whole, once' {
        $types = @{ lat = 'double'; lon = 'double'; alt = 'int'; tz = 'int' }
        $null = Import-Csv (Join-Path $PSScriptRoot ../../examples/data/airports.csv) | Save-DbStash airports -Adapter stash -ColumnType $types -NullText NA
        $start = [Diagnostics.ProcessStartInfo]::new($program)
        $start.WorkingDirectory = (Resolve-Path $PSScriptRoot/../..).Path
        foreach ($argument in '-NoProfile', '-NonInteractive', '-Command', "Import-Module '$ModulePath'; . '$PSScriptRoot/Pipeline/arrival.ps1' | Out-Null") { $start.ArgumentList.Add($argument) }
        foreach ($variable in (Get-PlaceVariable stash $places.stash).GetEnumerator()) { $start.Environment[$variable.Key] = $variable.Value }
        $other = [Diagnostics.Process]::Start($start)

        $airports, $flights = Wait-DbStash airports, flights-2013-01-01 -Adapter stash -MinimumRows 100 -Timeout '2m'
        $join = @{
            Left = $flights; Right = $airports; On = @{ dest = 'faa' }; JoinType = 'Left'; Property = 'time_hour', 'carrier', 'flight', 'origin', 'dest', 'arr_delay', @{ dest_name = 'name' }
            Into = 'flights_enriched'; IntoAdapter = 'target'; CreateTable = $true; BatchId = 'flights-2013-01-01'
        }
        $other.WaitForExit(60000) | Should -BeTrue
        $result = Invoke-SparkJoin @join
        $result.Rows, $result.Status, $result.Operation | Should -Be 842, Saved, Join
        $result.Path | Should -BeLike 'Spark join on local* (stash*; stash*), *'
        $enriched = @(Get-DbBatch flights_enriched -Adapter target)
        $enriched.Count | Should -Be 842
        @($enriched | Where-Object dest_name).Count | Should -Be 816
        ($enriched.arr_delay | Measure-Object -Sum).Sum | Should -Be 10513
        (Get-DbBatch flights_enriched -Adapter target -Where @{ flight = 1141; carrier = 'AA' }).dest_name | Should -BeExactly 'Miami Intl'

        # the same again writes nothing, and so does the embedded engine's: it is the same content
        (Invoke-SparkJoin @join).Status | Should -Be Replayed
        $embedded = Invoke-SparkJoin @join -Engine Embedded
        $embedded.Status, (Measure-DbBatch flights_enriched -Adapter target).Count | Should -Be Replayed, 842
        Get-ChildItem (Get-SparkSession).WorkPath | Should -BeNullOrEmpty
    }
}

Describe 'Invoke-SparkJoin' {
    BeforeAll {
        $session = Connect-DbAdapter -Type Sqlite -Database :memory:
        $null = Import-DbBatch (Join-Path $PSScriptRoot ../../examples/data/airports.csv) -Into airports -Key faa -CreateTable -NullText NA
        if (-not $noSpark) { $null = Start-SparkSession 'local[2]' -SparkHome $spark -Option $options }
    }
    AfterAll {
        Disconnect-DbAdapter
        Stop-SparkSession
    }
    BeforeEach { if ($noSpark) { Set-ItResult -Skipped -Because $noSpark } }

    It 'gives piped rows joined, in the order of their names, to the pipeline' {
        $rows = @(@{ code = 'JFK' }, @{ code = 'XXX' } | Invoke-SparkJoin -Right @{ From = 'airports'; Where = { $_.alt -lt 100 }; Property = 'faa', 'name' } -On @{ code = 'faa' } -Property @{ airport = 'name' })
        $rows.Count | Should -Be 1
        $rows[0].airport | Should -Be 'John F Kennedy Intl'
        @(Invoke-SparkJoin -Left airports -Right (Join-Path $PSScriptRoot ../../examples/data/airlines.csv) -On @{ faa = 'carrier' } -JoinType Anti | Select-Object -First 3).Count | Should -Be 3
        Get-ChildItem (Get-SparkSession).WorkPath | Should -BeNullOrEmpty
    }

    It 'says what it would write without running anything' {
        $plan = Invoke-SparkJoin -Left airports -Right airports -On faa -Property faa, name -Into joined -CreateTable -PlanOnly
        $plan.Columns.Target | Should -Be 'faa', 'name'
        Invoke-SparkJoin -Left airports -Right airports -On faa -Into joined -CreateTable -WhatIf
        Get-DbTable joined -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'writes nothing where a row is refused' {
        $null = New-DbTable short -ColumnType @{ name = 'string(5)' }
        (Get-Failure { Invoke-SparkJoin -Left airports -Right airports -On faa -Property name -Into short }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidData*'
        (Measure-DbBatch short).Count | Should -Be 0
        Get-ChildItem (Get-SparkSession).WorkPath | Should -BeNullOrEmpty
    }

    It 'is cancelled in Spark by Ctrl-C, and leaves nothing' {
        $other = Start-Other '1..6000 | ForEach-Object { @{ k = 1; v = $_ } } | Invoke-SparkJoin -Right $With.Right -On k | Out-Null' @{ Right = (1..6000 | ForEach-Object { @{ k = 1; w = $_ } } | Save-DbStash many) }
        Wait-Until { (Get-SparkSession).ActiveJobs }
        $other.Shell.Stop()
        (Get-SparkSession).ActiveJobs | Should -BeNullOrEmpty
        Get-ChildItem (Get-SparkSession).WorkPath | Should -BeNullOrEmpty
    }

    It 'says that the driver has ended where it was killed, and starts another one' {
        $before = Get-SparkSession
        Stop-Process -Id $before.ProcessId -Force
        Wait-Until { (Get-SparkSession).State -eq 'Ended' }
        $env:SPARK_HOME, $had = $spark, $env:SPARK_HOME
        try { @(Invoke-SparkJoin -Left airports -Right airports -On faa -JoinType Semi).Count | Should -Be 1458 }
        finally { $env:SPARK_HOME = $had }
        (Get-SparkSession).State | Should -Be Running
    }

    It 'joins without Spark where there is none, and says so' {
        Stop-SparkSession
        $env:SPARK_HOME, $had = $null, $env:SPARK_HOME
        try {
            $result = Invoke-SparkJoin -Left airports -Right airports -On faa -Property faa -Into there -CreateTable
            $result.Rows | Should -Be 1458
            $result.Path | Should -BeLike 'join pushed down, since *Spark*, *'
            (Get-Failure { Invoke-SparkJoin -Engine Spark -Left airports -Right airports -On faa }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.DriverMissing*'
        }
        finally { $env:SPARK_HOME = $had }
    }
}
