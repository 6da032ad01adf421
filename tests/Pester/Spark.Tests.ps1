BeforeDiscovery {
    . $PSScriptRoot/TestAdapters.ps1
    . $PSScriptRoot/TestSpark.ps1
    $built = (Get-ChildItem $PSScriptRoot/../../out/DbConductor/bin/adapters).Name
    $setUps = @{ Stash = 'Sqlite'; Target = 'Sqlite' }, @{ Stash = 'PostgreSql'; Target = 'MongoDb' }, @{ Stash = 'MySql'; Target = 'PostgreSql' } |
        Where-Object { $_.Stash -in $built -and $_.Target -in $built }
}
BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
    . $PSScriptRoot/TestSpark.ps1

    # A place with its session, for what Spark reads itself; nothing where there is no Spark, adapter or server.
    function Open-SparkPlace([string] $Type, [string] $Name) {
        if ($NoSpark -or $Type -notin (Get-ChildItem $PSScriptRoot/../../out/DbConductor/bin/adapters).Name) { return }
        $place = New-Place $Type $TestDrive $Name
        if ($place) { $null = Connect-DbAdapter @place }
        $place
    }
    function Close-SparkPlace($Place) {
        Stop-SparkSession
        if ($Place) {
            Get-DbAdapter | Disconnect-DbAdapter
            Remove-Place $Place
        }
    }

    # A pwsh of its own in which the session starts; gives what it prints.
    function Start-Child([string] $Command) {
        $start = [Diagnostics.ProcessStartInfo]::new($PowerShell)
        $start.RedirectStandardOutput = $start.RedirectStandardInput = $true
        $script = "Import-Module '$ModulePath'; `$s = Start-SparkSession 'local[1]' -SparkHome '$Spark' -Option @{ 'spark.ui.enabled' = `$false }; [Console]::WriteLine(`"`$PID `$(`$s.ProcessId) `$(`$s.WorkPath)`"); $Command"
        foreach ($argument in $PowerShellFirst + @('-NoProfile', '-NonInteractive', '-Command', $script)) { $start.ArgumentList.Add($argument) }
        [Diagnostics.Process]::Start($start)
    }
}

Describe 'A build or machine without Spark' {
    It 'says so' {
        if (-not $NoSpark) { Set-ItResult -Skipped -Because 'Spark is here'; return }
        if (-not (Test-Path $PSScriptRoot/../../out/DbConductor/bin/spark)) { (Get-Failure { Start-SparkSession }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.DriverMissing*' }
        Get-SparkSession | Should -BeNullOrEmpty
        Stop-SparkSession
    }
}

Describe 'Spark sessions' {
    BeforeEach { Skip-WithoutSpark }
    AfterAll { Stop-SparkSession }

    It 'start, are shared by runspaces, and stop' {
        $session = Start-SparkSession 'local[2]' -SparkHome $Spark -Option $SparkOptions
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
            Set-DbProfile spark -Type Spark -Server 'local[1]' -Option (@{ sparkHome = $Spark } + $SparkOptions)
            (Start-SparkSession).Master | Should -Be 'local[1]'
            Set-DbProfile other -Type Spark -Option @{ nonsense = 1 }
            (Get-Failure { Start-SparkSession -Profile other }).Exception.Message | Should -BeLike "*option 'nonsense'*"
        }
        finally {
            $env:XDG_CONFIG_HOME = $before
            Stop-SparkSession
        }
    }

    It 'say what is missing before anything is started or written: <What>' -ForEach @(
        @{ What = 'a Spark of another version'; Core = 'spark-core_2.12-3.4.1.jar'; Words = '*3.4.1*takes 3.5.*' }
        @{ What = 'a Spark of another Scala'; Core = 'spark-core_2.13-3.5.3.jar'; Words = '*Scala 2.13*takes Scala 2.12.*' }
        @{ What = 'a folder without Spark'; Core = 'else.jar'; Words = '*no folder of a Spark distribution*' }
        @{ What = 'a JAVA_HOME without Java'; Java = 'none'; Words = '*JAVA_HOME*Java 8, 11 or 17*' }
        @{ What = 'no Java at all'; Java = ''; Words = '*no java on the PATH*Java 8, 11 or 17*' }
        @{ What = 'a Java of another version'; Java = '21'; Words = '*is Java 21. Spark 3.5 runs on Java 8, 11 or 17*' }
    ) {
        if ($IsWindows -and $Java -eq '21') { Set-ItResult -Skipped -Because 'the Java of another version is a shell script' }
        $names = 'SPARK_HOME', 'JAVA_HOME', 'PATH', 'TMPDIR'
        $before = $names | ForEach-Object { [Environment]::GetEnvironmentVariable($_) }
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))).FullName
        $env:TMPDIR, $env:SPARK_HOME = (New-Item -ItemType Directory (Join-Path $folder temporary)).FullName, $Spark
        $null = Connect-DbAdapter -Type Sqlite -Database :memory:
        try {
            if ($Core) {
                $null = New-Item -Force (Join-Path $folder jars $Core)
                $env:SPARK_HOME = $folder
            }
            if ($null -ne $Java) { $env:JAVA_HOME, $env:PATH = $(if ($Java) { $folder }), $folder }
            if ($Java -eq '21') {
                $null = New-Item -Force (Join-Path $folder bin/java) -Value "#!/bin/sh`necho 'openjdk version `"21.0.2`" 2024-01-16' >&2`n"
                [IO.File]::SetUnixFileMode((Join-Path $folder bin/java), 'UserRead,UserExecute')
            }

            $failure = Get-Failure { @{ id = 'AA' } | Invoke-SparkJoin -Engine Spark -Right (Join-Path $PSScriptRoot ../../examples/data/airlines.csv) -On @{ id = 'carrier' } -Into joined -CreateTable }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.DriverMissing*'
            $failure.Exception.Message | Should -BeLike $Words
            Get-DbTable joined -ErrorAction Ignore | Should -BeNullOrEmpty
            Get-SparkSession | Should -BeNullOrEmpty
            Get-ChildItem $env:TMPDIR -Filter *spark* | Should -BeNullOrEmpty
        }
        finally {
            0..3 | ForEach-Object { [Environment]::SetEnvironmentVariable($names[$_], $before[$_]) }
            Disconnect-DbAdapter
        }
    }
}

Describe 'The pipeline on Spark with its stash in <Stash> and its target in <Target>' -ForEach $setUps {
    BeforeAll {
        $folder = New-Folder
        $places = @{ stash = New-Place $Stash $folder stash; target = New-Place $Target $folder target }
        $ready = -not $NoSpark -and $places.Values -notcontains $null
        if ($ready) {
            foreach ($name in $places.Keys) {
                $place = $places[$name]
                $null = Connect-DbAdapter -Name $name @place
            }
            $null = Start-SparkSession 'local[2]' -SparkHome $Spark -Option $SparkOptions
        }
    }
    AfterAll {
        Get-DbAdapter | Disconnect-DbAdapter
        $places.Values | Where-Object { $_ } | ForEach-Object { Remove-Place $_ }
        Remove-Item -LiteralPath $folder -Recurse
    }
    BeforeEach { if (-not $ready) { Set-ItResult -Skipped -Because $(if ($NoSpark) { $NoSpark } else { 'no server: its DBCONDUCTOR_TEST_ variable is not set' }) } }

    It 'waits for another process, joins, and commits as a whole, once' {
        $types = @{ lat = 'double'; lon = 'double'; alt = 'int'; tz = 'int' }
        $null = Import-Csv (Join-Path $PSScriptRoot ../../examples/data/airports.csv) | Save-DbStash airports -Adapter stash -ColumnType $types -NullText NA
        $start = [Diagnostics.ProcessStartInfo]::new($PowerShell)
        $start.WorkingDirectory = (Resolve-Path $PSScriptRoot/../..).Path
        foreach ($argument in $PowerShellFirst + @('-NoProfile', '-NonInteractive', '-Command', "Import-Module '$ModulePath'; . '$PSScriptRoot/Pipeline/arrival.ps1' | Out-Null")) { $start.ArgumentList.Add($argument) }
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
        if (-not $NoSpark) { $null = Start-SparkSession 'local[2]' -SparkHome $Spark -Option $SparkOptions }
    }
    AfterAll {
        Disconnect-DbAdapter
        Stop-SparkSession
    }
    BeforeEach { Skip-WithoutSpark }

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

    It 'says that the driver has ended where it was killed, and starts another one by its settings' {
        $before = Get-SparkSession
        Stop-Process -Id $before.ProcessId -Force
        Wait-Until { (Get-SparkSession).State -eq 'Ended' }
        $env:SPARK_HOME, $had = $null, $env:SPARK_HOME
        try { @(Invoke-SparkJoin -Left airports -Right airports -On faa -JoinType Semi).Count | Should -Be 1458 }
        finally { $env:SPARK_HOME = $had }
        $after = Get-SparkSession
        $after.State | Should -Be Running
        $after.Master, $after.SparkHome, $after.WebUrl | Should -Be $before.Master, $before.SparkHome, $before.WebUrl
        $after.ProcessId | Should -Not -Be $before.ProcessId
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

Describe 'A session without the driver of <Type>' -ForEach @(@{ Type = 'PostgreSql'; Package = 'org.postgresql:postgresql:42.7.14' }, @{ Type = 'MySql'; Package = 'com.mysql:mysql-connector-j:9.7.0' }) {
    BeforeAll {
        $place = Open-SparkPlace $Type jdbc
        if ($place) {
            $null = @{ id = 1 } | Save-DbBatch -Into left -CreateTable
            $null = Start-SparkSession 'local[2]' -SparkHome $Spark -Option $SparkOptions
        }
    }
    AfterAll { Close-SparkPlace $place }
    BeforeEach {
        Skip-WithoutSpark
        if (-not $place) { Set-ItResult -Skipped -Because "no $Type server" }
    }

    It 'says which to give, before it reads or runs anything' {
        foreach ($call in { Invoke-SparkJoin -Left (Join-Path $PSScriptRoot ../../examples/data/airlines.csv) -Right left -On @{ carrier = 'id' } -Into joined -CreateTable },
            { Invoke-SparkSql 'select * from l' -View @{ l = 'left' } }) {
            $failure = Get-Failure $call
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.DriverMissing*'
            $failure.Exception.Message | Should -BeLike "Spark reads table 'left'* by JDBC*Start it with -Package $Package, or with -Jar and *.jar:*profile*"
            Get-ChildItem (Get-SparkSession).WorkPath | Should -BeNullOrEmpty
        }
        Get-DbTable joined -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}

Describe 'A work folder behind an address' {
    BeforeAll {
        # of the local file system, which Spark reaches as it does any other
        $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "dbconductor [*]-$([guid]::NewGuid())")).FullName
        $null = Connect-DbAdapter -Type Sqlite -Database (Join-Path $folder target.db)
        $work = (New-Item -ItemType Directory (Join-Path $folder work)).FullName
        if (-not $NoSpark) { $session = Start-SparkSession 'local[2]' -SparkHome $Spark -WorkPath "file://$work" -Option $SparkOptions }
        $airlines = Join-Path $PSScriptRoot ../../examples/data/airlines.csv

        # what lies there for executors
        function Get-WorkItem { Get-ChildItem -LiteralPath ([uri]$session.WorkPath).LocalPath }
    }
    AfterAll {
        Stop-SparkSession
        Disconnect-DbAdapter
        Remove-Item -LiteralPath $folder -Recurse
    }
    BeforeEach { Skip-WithoutSpark }

    It 'has what is handed over and what comes of it, for as long as it is needed' {
        $session.WorkPath | Should -BeLike "file://*/work/dbconductor-spark-*"
        $result = @{ id = 'AA'; n = 1 }, @{ id = 'XX'; n = 2 } | Invoke-SparkJoin -Right $airlines -On @{ id = 'carrier' } -JoinType Left -Into joined -CreateTable
        $result.Rows | Should -Be 2
        $result.Path | Should -BeLike '*the piped rows handed over as a file*'
        (Get-DbBatch joined -OrderBy id).name | Should -Be 'American Airlines Inc.', $null
        Get-WorkItem | Should -BeNullOrEmpty
    }

    It 'keeps a frame and a view until they are let go' {
        $frame = 1..3 | ForEach-Object { @{ n = $_ } } | New-SparkDataFrame
        (Get-WorkItem).Count | Should -Be 1
        $view = Invoke-SparkSql 'select n, n * n as square from f' -View @{ f = $frame } -AsView squares
        (Get-WorkItem).Count | Should -Be 2
        $frame.Dispose()
        (Get-WorkItem).Count | Should -Be 1
        (Invoke-SparkSql 'select sum(square) as s from squares').s | Should -Be 14
        $view.Dispose()
        Get-WorkItem | Should -BeNullOrEmpty
    }

    It 'leaves nothing of a call that fails, nor of its session' {
        (Get-Failure { @{ a = 1 } | Invoke-SparkJoin -Right $airlines -On a }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.ColumnNotFound*'
        (Get-Failure { Invoke-SparkSql 'select raise_error(carrier) from a' -View @{ a = $airlines } }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.*'
        Get-WorkItem | Should -BeNullOrEmpty
        $kept = @{ n = 1 } | New-SparkDataFrame
        Stop-SparkSession
        $kept.State | Should -Be Ended
        Get-ChildItem -LiteralPath $work | Should -BeNullOrEmpty
    }

    It 'is refused where the session cannot reach it' {
        $failure = Get-Failure { Start-SparkSession 'local[1]' -SparkHome $Spark -WorkPath s3a://bucket/work -Option $SparkOptions }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.DriverMissing*'
        $failure.Exception.Message | Should -BeLike '*-Package org.apache.hadoop:hadoop-aws:3.3.4.'
        Get-SparkSession | Should -BeNullOrEmpty
    }
}

Describe 'A cluster that loses an executor' {
    BeforeAll {
        $folder = New-Folder
        if (-not $NoSpark) {
            $cluster = Start-SparkCluster $folder
            $work = (New-Item -ItemType Directory (Join-Path $folder work)).FullName
            # by its address: what executors write is fetched
            $session = Start-SparkSession $cluster.Master -SparkHome $Spark -WorkPath "file://$work" -Option ($SparkOptions + @{ 'spark.executor.memory' = '512m' })
        }

        # sixteen tasks of half a second each, in a runspace of their own
        function Start-SlowQuery {
            $shell = [powershell]::Create()
            $null = $shell.AddScript({
                param($Module, $Database)
                Import-Module $Module
                $null = Connect-DbAdapter -Type Sqlite -Database $Database
                Invoke-SparkSql "select id, java_method('java.lang.Thread', 'sleep', 10L) slept from range(0, 800, 1, 16)" -Into slow -CreateTable
                Disconnect-DbAdapter
            }).AddArgument($ModulePath).AddArgument((Join-Path $folder target.db))
            $call = @{ Shell = $shell; Result = $shell.BeginInvoke() }
            Wait-Until { "$($shell.Streams.Progress)" -match 'stage \d+: [1-9]' } 60
            $call
        }
        function Stop-Executor { pgrep -P $cluster.Processes[1].Id | ForEach-Object { Stop-Process -Id $_ -Force } }
    }
    AfterAll {
        Stop-SparkSession
        if ($cluster) { Stop-SparkCluster $cluster }
        Remove-Item -LiteralPath $folder -Recurse
    }
    BeforeEach {
        Skip-WithoutSpark
        if (-not $IsLinux) { Set-ItResult -Skipped -Because 'executors are found by pgrep' }
    }

    It 'in the middle of a job ends it with every row, once' {
        $call = Start-SlowQuery
        Stop-Executor
        $result = $call.Shell.EndInvoke($call.Result)
        $call.Shell.Streams.Error | Should -BeNullOrEmpty
        $result.Rows | Should -Be 800
        $null = Connect-DbAdapter -Type Sqlite -Database (Join-Path $folder target.db)
        $found = Invoke-DbQuery 'select count(*) n, count(distinct id) d, max(id) m from slow'
        $found.n, $found.d, $found.m | Should -Be 800, 800, 799
        $null = Invoke-DbQuery 'drop table slow' -Confirm:$false
        Disconnect-DbAdapter
    }

    It 'and its worker too waits for another, says so, and can be stopped' {
        $call = Start-SlowQuery
        Stop-Process -Id $cluster.Processes[1].Id -Force
        Stop-Executor
        Wait-Until { "$($call.Shell.Streams.Progress[-1])" -match 'no executor is there' } 60
        $call.Shell.Stop()
        $session.ActiveJobs | Should -BeNullOrEmpty
        Get-ChildItem ([uri]$session.WorkPath).LocalPath | Should -BeNullOrEmpty
        $null = Connect-DbAdapter -Type Sqlite -Database (Join-Path $folder target.db)
        Get-DbTable slow -ErrorAction Ignore | Should -BeNullOrEmpty
        Disconnect-DbAdapter
    }
}

Describe 'A later patch of Spark' {
    BeforeAll {
        # the Spark there is, by links, but for what says its version
        $later = New-Folder
        if (-not $NoSpark -and -not $IsWindows) {
            $null = New-Item -ItemType Directory $later/jars
            Get-ChildItem $Spark | Where-Object Name -NE jars | ForEach-Object { New-Item -ItemType SymbolicLink (Join-Path $later $_.Name) -Target $_.FullName }
            Get-ChildItem $Spark/jars | ForEach-Object {
                if ($_.Name -like 'spark-common-utils*') { Copy-Item $_.FullName $later/jars/utils.jar }
                else { New-Item -ItemType SymbolicLink (Join-Path $later jars ($_.Name -replace '^(spark-core_.*)-3\.5\.3', '$1-3.5.7')) -Target $_.FullName }
            }
            $jar = [IO.Compression.ZipFile]::Open("$later/jars/utils.jar", 'Update')
            try {
                $jar.GetEntry('spark-version-info.properties').Delete()
                $version = [IO.StreamWriter]::new($jar.CreateEntry('spark-version-info.properties').Open())
                $version.Write("version=3.5.7`nuser=u`nrevision=r`nbranch=b`ndate=d`nurl=u`ndocroot=d`n")
                $version.Dispose()
            }
            finally { $jar.Dispose() }
        }
    }
    AfterAll {
        Stop-SparkSession
        Remove-Item -LiteralPath $later -Recurse
    }
    BeforeEach {
        Skip-WithoutSpark
        if ($IsWindows) { Set-ItResult -Skipped -Because 'links need rights there' }
    }

    It 'is taken, with a warning' {
        $session = Start-SparkSession 'local[1]' -SparkHome $later -Option $SparkOptions -WarningVariable warned -WarningAction SilentlyContinue
        $session.SparkVersion | Should -Be 3.5.7
        $warned.Count | Should -Be 1
        "$warned" | Should -BeLike '*is 3.5.7, a later patch than 3.5.3*Microsoft.Spark 2.3.1*'
        (Invoke-SparkSql 'select version() v').v | Should -BeLike '3.5.7*'
        # it is said once
        $null = Start-SparkSession -WarningVariable warned -WarningAction SilentlyContinue
        $warned.Count | Should -Be 0
    }
}

Describe 'Packages of a session' {
    BeforeAll {
        # a repository of one driver, in a folder
        $folder = New-Folder
        if (-not $NoSpark) {
            $driver = Get-Item $Spark/connectors/postgresql-*.jar
            $version = $driver.BaseName -replace '.*-'
            $null = New-Item -ItemType Directory "$folder/repository/org.postgresql/postgresql/$version"
            Copy-Item $driver "$folder/repository/org.postgresql/postgresql/$version"
            Set-Content $folder/ivy.xml "<ivysettings><settings defaultResolver='folder'/><resolvers><filesystem name='folder'><artifact pattern='$folder/repository/[organisation]/[module]/[revision]/[artifact]-[revision].[ext]'/></filesystem></resolvers></ivysettings>"
            $options = $SparkOptions + @{ 'spark.jars.ivySettings' = "$folder/ivy.xml"; 'spark.jars.ivy' = "$folder/ivy" }
        }
    }
    AfterAll {
        Stop-SparkSession
        Remove-Item -LiteralPath $folder -Recurse
    }
    BeforeEach { Skip-WithoutSpark }

    It 'are fetched by Spark' {
        $null = Start-SparkSession 'local[1]' -SparkHome $Spark -Option $options -Package "org.postgresql:postgresql:$version"
        (Invoke-SparkSql "select reflect('org.postgresql.Driver', 'getVersion') v").v | Should -BeLike "*$version*"
        Stop-SparkSession
    }

    It 'that cannot be fetched are named, with the end of the log' {
        $failure = Get-Failure { Start-SparkSession 'local[1]' -SparkHome $Spark -Option $options -Package "org.postgresql:postgresql:$version", org.example:nosuch:1.0 }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.DriverMissing*'
        $failure.Exception.Message | Should -BeLike 'Spark could not fetch all of -Package *org.example:nosuch:1.0*-Jar*it ends:*nosuch;1.0: not found*'
        Get-SparkSession | Should -BeNullOrEmpty
    }
}

Describe 'Partitions of a table of <Type>' -ForEach @(@{ Type = 'PostgreSql'; Jar = '*postgresql*'; Skewed = $false }, @{ Type = 'MySql'; Jar = '*mysql*'; Skewed = $true }) {
    BeforeAll {
        $place = Open-SparkPlace $Type partitions
        if ($place) {
            $null = 1..100 | ForEach-Object { @{ id = $_; day = ([datetime]'2024-01-01').AddDays($_); name = "n$_" } } | Save-DbBatch -Into rows -CreateTable -ColumnType @{ id = 'int'; day = 'date' } -Key id
            $null = Start-SparkSession 'local[2]' -SparkHome $Spark -Option $SparkOptions -Jar $Spark/connectors/$Jar
        }
    }
    AfterAll { Close-SparkPlace $place }
    BeforeEach {
        Skip-WithoutSpark
        if (-not $place) { Set-ItResult -Skipped -Because "no $Type server" }
    }

    It 'are entries of a side' {
        $rows = 1..100 | ForEach-Object { @{ id = $_; twice = $_ * 2 } }
        $result = $rows | Invoke-SparkJoin -Right @{ From = 'rows'; PartitionColumn = 'day'; Partitions = 4; AllowSkew = $Skewed } -On id -Into joined -CreateTable -WarningVariable warned -WarningAction SilentlyContinue
        $result.Rows | Should -Be 100
        $result.Path | Should -BeLike "*table 'rows' of session 'default' by JDBC in 4 partitions of day*"
        $warned.Count | Should -Be ([int]$Skewed)
        # by the key, and as many as there are cores; one statement where nothing is asked of few rows
        $sums = Invoke-SparkSql 'select sum(id) s, count(*) n from r' -View @{ r = @{ From = 'rows'; Where = { $_.id -gt 50 }; PartitionColumn = 'id'; AllowSkew = $true } } -WarningAction SilentlyContinue
        $sums.s, $sums.n | Should -Be 3775, 50
        (Invoke-SparkJoin -Left rows -Right rows -On id -Into other -CreateTable).Path | Should -Not -BeLike '*partitions*'
    }

    It 'are refused where they cannot be' {
        if ($Skewed) { (Get-Failure { Invoke-SparkSql 'select 1 from r' -View @{ r = @{ From = 'rows'; Partitions = 2 } } }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotSupported*' }
        (Get-Failure { Invoke-SparkSql 'select 1 from r' -View @{ r = @{ From = 'rows'; PartitionColumn = 'name'; AllowSkew = $true } } }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument*'
        foreach ($wrong in @{ From = 'rows'; Partitions = 0 }, @{ From = 'rows'; Partitions = 'many' }, @{ Path = './x.csv'; Partitions = 2 }, @{ From = (Get-DbBatch rows | Save-DbStash stashed); PartitionColumn = 'id' }) {
            (Get-Failure { Invoke-SparkSql 'select 1 from r' -View @{ r = $wrong } }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument*'
        }
    }
}

Describe 'A cluster that does not see the shared folder' {
    BeforeAll {
        $isRoot = $IsLinux -and [Environment]::UserName -eq 'root'
        $folder = New-Folder
        if (-not $NoSpark -and $isRoot) {
            $work = (New-Item -ItemType Directory (Join-Path $folder work)).FullName
            $cluster = Start-SparkCluster $folder -OwnMounts
            $null = Connect-DbAdapter -Type Sqlite -Database :memory:
            $start = @{
                Master = $cluster.Master; SparkHome = $Spark; WorkPath = $work; Jar = Join-Path $Spark connectors/*.jar
                Option = $SparkOptions + @{ 'spark.executor.memory' = '512m'; 'spark.task.maxFailures' = 1 }
            }
            $session = Start-SparkSession @start
            Hide-FromCluster $cluster $work
        }
    }
    AfterAll {
        Stop-SparkSession
        Get-DbAdapter | Disconnect-DbAdapter
        if ($cluster) { Stop-SparkCluster $cluster }
        Remove-Item -LiteralPath $folder -Recurse
    }
    BeforeEach {
        Skip-WithoutSpark
        if (-not $isRoot) { Set-ItResult -Skipped -Because 'only root on Linux can hide a folder from a process' }
    }

    It 'is named by the error, and the target stays as it was' {
        $failure = Get-Failure { @{ id = 'AA' } | Invoke-SparkJoin -Right (Join-Path $PSScriptRoot ../../examples/data/airlines.csv) -On @{ id = 'carrier' } -Into joined -CreateTable }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotFound*'
        $failure.Exception.Message | Should -BeLike "*does not exist for an executor. Every executor must see -WorkPath under the same path*"
        Get-DbTable joined -ErrorAction Ignore | Should -BeNullOrEmpty
        Get-ChildItem $session.WorkPath | Should -BeNullOrEmpty
        (Get-Item $session.WorkPath).UnixMode | Should -Be drwx------
    }

    It 'loses no row of what it wrote elsewhere: the result is refused' {
        $place = New-Place PostgreSql $folder hidden
        if (-not $place) { Set-ItResult -Skipped -Because 'no server: its DBCONDUCTOR_TEST_ variable is not set' }
        try {
            $null = Connect-DbAdapter -Name pg @place
            $null = 1..20 | ForEach-Object { @{ id = $_ } } | Save-DbBatch -Adapter pg -Into numbers -CreateTable -Key id
            $failure = Get-Failure { Invoke-SparkJoin -Left numbers -Right numbers -FromAdapter pg -On id -Into joined -IntoAdapter default -CreateTable }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.Server*'
            $failure.Exception.Message | Should -BeLike 'Spark wrote 20 rows, and 0 could be read*-WorkPath*'
            Get-DbTable joined -Adapter default -ErrorAction Ignore | Should -BeNullOrEmpty
            Get-ChildItem $session.WorkPath | Should -BeNullOrEmpty
        }
        finally {
            if ($place) {
                Disconnect-DbAdapter pg
                Remove-Place $place
            }
        }
    }

    It 'is no cluster to start a session on' {
        Stop-SparkSession
        $failure = Get-Failure { Start-SparkSession @start }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotFound*'
        $failure.Exception.Message | Should -BeLike "The executors of $($cluster.Master) do not use $work as this machine does*"
        $failure.TargetObject | Should -Be $cluster.Master
        Get-SparkSession | Should -BeNullOrEmpty
        Get-ChildItem $work | Should -BeNullOrEmpty
    }
}
