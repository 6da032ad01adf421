BeforeDiscovery {
    . $PSScriptRoot/TestAdapters.ps1
    . $PSScriptRoot/TestSpark.ps1
}
BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
    . $PSScriptRoot/TestSpark.ps1
    $csv = (Resolve-Path $PSScriptRoot/../../examples/data/airports.csv).Path
    function Get-WorkFile { Get-ChildItem (Get-SparkSession).WorkPath }
}

Describe 'New-SparkDataFrame' {
    BeforeAll {
        $null = Connect-DbAdapter -Type Sqlite -Database :memory:
        $null = Import-DbBatch $csv -Into airports -Key faa -CreateTable -NullText NA
        if (-not $NoSpark) { $null = Start-SparkSession 'local[2]' -SparkHome $Spark -Option $SparkOptions }
    }
    AfterAll {
        Disconnect-DbAdapter
        Stop-SparkSession
    }
    BeforeEach { Skip-WithoutSpark }

    It 'makes a frame of a table, whose methods give further ones' {
        $df = New-SparkDataFrame airports -Where { $_.alt -gt 5000 } -Property faa, alt, tz, @{ title = 'name' }
        $df.Columns.Name | Should -Be faa, alt, tz, title
        $df.Count() | Should -Be 67
        $df.State, "$df" | Should -Be Ready, $df.Source
        $high = $df.Filter('alt > 7800').Select('faa', @{ metres = 'alt * 0.3048' }).OrderBy(@{ metres = 'Descending' })
        $high.Columns.Name | Should -Be faa, metres
        $high.First().faa | Should -Be TEX
        @($high.Take(2)).faa | Should -Be TEX, TVL
        @($high.Show()).Count | Should -Be 3
        @($high.Limit(2).Collect()).Count | Should -Be 2
        $zones = $df.GroupBy('tz').Agg(@{ n = 'count(*)'; highest = 'max(alt)' }, 'min(alt) AS lowest').OrderBy('n DESC')
        $zones.Columns.Name | Should -Be tz, highest, n, lowest
        $zones.First().n | Should -Be (Get-DbBatch airports -Where { $_.alt -gt 5000 } | Group-Object tz | Measure-Object Count -Maximum).Maximum
        $df.GroupBy('tz').Count().First().count | Should -BeOfType long
        $df.Agg('count(*) n').First().n | Should -Be 67
        $df.Select('tz').Distinct().Count() | Should -Be $zones.Count()
        $df.Explain() | Should -BeLike '*Physical Plan*'
        $df.Cache().Count() | Should -Be 67
        $df.Filter('alt < 0').First() | Should -BeNullOrEmpty
        $df.Dispose()
        Get-WorkFile | Should -BeNullOrEmpty
    }

    It 'takes a stash, a file, a hashtable, a table''s object and piped rows, and shows as a table' {
        $stash = Get-DbBatch airports -First 3 | Save-DbStash some
        $file = Join-Path $TestDrive a.jsonl
        '{"a":1,"b":"x"}', '{"a":2,"b":null}' | Set-Content $file
        $frames = @(
            New-SparkDataFrame $stash
            New-SparkDataFrame $stash -Where @{ tz = -5 } -Property faa
            New-SparkDataFrame $file
            New-SparkDataFrame (Get-Item $file) -Property b, a
            New-SparkDataFrame @{ From = 'airports'; Where = { $_.alt -gt 5000 } }
            New-SparkDataFrame (Get-DbTable airports)
            @{ id = 1 }, @{ id = 2 } | New-SparkDataFrame
            New-SparkDataFrame -InputObject @(@{ id = 1 })
        )
        $frames.ForEach{ $_.Count() } | Should -Be 3, 1, 2, 2, 67, 1458, 2, 1
        $shown = $frames[3] | Out-String -Width 200
        foreach ($title in 'State', 'Columns', 'Source', 'b, a') { $shown | Should -BeLike "*$title*" }
        @($shown.Trim() -split '\r?\n').Count | Should -Be 3
        $frames.Dispose()
        (Get-Failure { New-SparkDataFrame }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument*'
        (Get-Failure { @{ id = 1 } | New-SparkDataFrame airports }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument*'
        New-SparkDataFrame airports -WhatIf | Should -BeNullOrEmpty
        Get-WorkFile | Should -BeNullOrEmpty
    }

    It 'says what is wrong with an expression: <Expression>' -ForEach @(
        @{ Expression = '$df.Filter("alt >")'; Kind = 'Syntax' }
        @{ Expression = '$df.Filter({ $_.alt -gt 3 })'; Kind = 'InvalidArgument' }
        @{ Expression = '$df.Select("nope")'; Kind = 'ColumnNotFound' }
        @{ Expression = '$df.GroupBy("tz").Agg(@{ x = "nope(alt)" })'; Kind = 'Syntax' }
        @{ Expression = '$df.Join($df, "nope")'; Kind = 'ColumnNotFound' }
        @{ Expression = '$df.Join($df, "faa", "Sideways")'; Kind = 'InvalidArgument' }
    ) {
        $df = New-SparkDataFrame airports
        $failure = try { $null = & ([scriptblock]::Create($Expression)) } catch { $_ }
        $failure.Exception.InnerException.Kind | Should -Be $Kind
        $df.Dispose()
    }

    It 'gives sides, views and rows for a pipe' {
        $df = New-SparkDataFrame airports
        $high = $df.Filter('alt > 7800').Select('faa', 'alt')
        @(Invoke-SparkJoin -Left $high -Right airports -On faa -Property faa, name).Count | Should -Be 3
        @(Join-DbBatch -Left airports -Right $high -On faa -JoinType Semi).Count | Should -Be 3
        $joined = $high.Join($df, 'faa').Join($df, @{ faa = 'faa' }, 'Left', '_again')
        $joined.Columns.Name | Should -Contain name_again
        $joined.Count() | Should -Be 3
        (Invoke-SparkSql 'select sum(alt) n from h' -View @{ h = $high }).n | Should -Be ($high.Collect().alt | Measure-Object -Sum).Sum
        ($high | Save-DbBatch -Into high -CreateTable -Key faa).Rows | Should -Be 3
        (Invoke-SparkSql 'select * from h' -View @{ h = $high } -Into high -Mode Upsert).Rows | Should -Be 3
        (Measure-DbBatch high).Count | Should -Be 3
        $df.Dispose()
        $high.State | Should -Be Ended
        (Get-Failure { $high.Count() }).Exception.InnerException.Kind | Should -Be InvalidOperation
        (Get-Failure { Invoke-SparkJoin -Left $high -Right airports -On faa }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidOperation*'
        Get-WorkFile | Should -BeNullOrEmpty
    }

    It 'is stopped by Ctrl-C in <What>, and used in several runspaces at once' -ForEach @(
        @{ What = 'a method'; Script = '$With.Big.Count(); throw "It went on."' }
        @{ What = 'a pipe'; Script = '$null = Connect-DbAdapter -Type Sqlite -Database :memory:; $With.Big | Save-DbBatch t -CreateTable' }
    ) {
        $many = 1..6000 | ForEach-Object { @{ k = 1; v = $_ } } | New-SparkDataFrame
        $other = Start-Other $Script @{ Big = $many.Join($many, 'k').Select('v', 'v_right').Distinct() }
        Wait-Until { (Get-SparkSession).ActiveJobs }
        @(1..3 | ForEach-Object -Parallel { Import-Module $using:ModulePath; ($using:many).Filter("v <= $_").Count() } | Sort-Object) | Should -Be 1, 2, 3
        $running = (Get-SparkSession).Jobs | Where-Object Status -EQ Running
        $running.Name | Should -BeLike '*the piped rows*'
        ($running | Out-String -Width 200) | Should -BeLike "*Id*Status*Tasks*Running*0/*$($running.Name)*"
        $other.Shell.Stop()
        $other.Shell.InvocationStateInfo.State | Should -Be Stopped
        Wait-Until { (Get-SparkSession).Jobs.Where{ $_.Id -eq $running.Id }.Status -eq 'Failed' }
        (Get-SparkSession).ActiveJobs | Should -BeNullOrEmpty
        $many.Dispose()
        Get-WorkFile | Should -BeNullOrEmpty
    }

    It 'keeps results as views, which feed the next step without leaving Spark' {
        $joined = Invoke-SparkJoin -Left airports -Right @{ From = 'airports'; Property = 'faa' } -On faa -Property faa, name, alt -AsView joined
        $joined.View, $joined.Rows, $joined.State | Should -Be joined, 1458, Ready
        # neither the table's later rows nor another runspace make a difference
        $null = @{ faa = 'new'; alt = 9999 } | Save-DbBatch airports
        (Invoke-SparkSql 'select count(*) n from joined').n | Should -Be 1458
        1 | ForEach-Object -Parallel { Import-Module $using:ModulePath; (Invoke-SparkSql 'select count(*) n from joined').n } | Should -Be 1458
        $high = Invoke-SparkSql 'select faa, alt from joined where alt > 7800' -AsView high
        ($high | Out-String -Width 200).Trim() -split '\r?\n' | Should -HaveCount 3
        @(Invoke-SparkJoin -Left $high -Right airports -On faa -Property faa, name).Count | Should -Be 3
        (Invoke-SparkSql 'select h.faa, j.name from high h join joined j on h.faa = j.faa' -Into highest -CreateTable).Rows | Should -Be 3
        (Invoke-SparkSql 'select count(*) n from joined' -View @{ joined = $high }).n | Should -Be 3
        foreach ($command in { Invoke-SparkSql 'select 1 a' -AsView a -Into t }, { Invoke-SparkJoin -Left $high -Right $high -On faa -AsView a -Into t }, { Invoke-SparkJoin -Left $high -Right $high -On faa -AsView a -Engine Embedded }) {
            (Get-Failure $command).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument*'
        }

        $joined.Dispose()
        $high.Dispose()
        (Get-Failure { Invoke-SparkSql 'select * from joined' }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotFound*'
        $null = Remove-DbBatch airports -Where @{ faa = 'new' }
        Get-WorkFile | Should -BeNullOrEmpty
    }

    It 'leaves no file of a frame that nobody has any more' {
        & { $null = @{ id = 1 } | New-SparkDataFrame | ForEach-Object { $_.Count() } }
        Wait-Until { [GC]::Collect(); [GC]::WaitForPendingFinalizers(); -not (Get-WorkFile) }
    }
}

Describe 'What a call on Spark would do' {
    BeforeAll {
        $null = Connect-DbAdapter -Type Sqlite -Database :memory:
        $null = Import-DbBatch $csv -Into airports -Key faa -CreateTable -NullText NA
        if (-not $NoSpark) { $place = New-Place PostgreSql $TestDrive plans }
        if ($place) {
            $null = Connect-DbAdapter @place -Name pg
            $null = @{ id = 1; dest = 'JFK' } | Save-DbBatch -Into flights -Adapter pg -CreateTable -ColumnType @{ id = 'int' } -Key id
        }

        # what -WhatIf prints
        function Get-Printed([string] $Command) {
            $file = Join-Path $TestDrive "$([guid]::NewGuid()).txt"
            $null = Start-Transcript $file
            try { . ([scriptblock]::Create($Command)) } finally { $null = Stop-Transcript }
            Get-Content $file -Raw
        }
    }
    AfterAll {
        Stop-SparkSession
        if ($place) {
            Disconnect-DbAdapter pg
            Remove-Place $place
        }

        Disconnect-DbAdapter
    }
    BeforeEach { Skip-WithoutSpark }

    It 'starts no session, and says what is known without one' {
        $plan, $save = Invoke-SparkJoin -Engine Spark -Left airports -Right airports -On faa -Into t -CreateTable -PlanOnly
        $plan.Sides.How | Should -Be "table 'airports' of session 'default'", "table 'airports' of session 'default'"
        $plan.Plan, $plan.Master | Should -Be $null, $null
        "$($plan.Warnings)" | Should -BeLike '*Start-SparkSession*'
        $plan.Result | Should -BeLike "*into t of session 'default'"
        $save.Columns.Target | Should -Contain name_right
        $plan = Invoke-SparkSql 'select 1 a' -View @{ a = 'airports' } -PlanOnly
        $plan.Plan, $plan.Result | Should -Be $null, 'give the rows to the pipeline'
        Invoke-SparkSql 'select 1 a' -WhatIf | Should -BeNullOrEmpty
        Get-SparkSession | Should -BeNullOrEmpty
    }

    It 'gives how each side would come, Spark''s plan, and what would be written, and does nothing' {
        Skip-WithoutServer $place
        $null = Start-SparkSession 'local[2]' -SparkHome $Spark -Option $SparkOptions -Jar $Spark/connectors/*.jar
        $right = @{ From = 'flights'; Adapter = 'pg'; Where = @{ id = 1..3 }; PartitionColumn = 'id'; Partitions = 2 }
        $plan, $save = Invoke-SparkJoin -Left airports -Right $right -On @{ faa = 'dest' } -Into t -CreateTable -PlanOnly
        $plan.Sides[0].How | Should -BeLike "table 'airports'* handed over as a file*"
        $plan.Sides[1].How | Should -BeLike "table 'flights'* by JDBC*"
        $plan.Sides[1].Query | Should -BeLike '*SELECT*FROM "flights"*IN*'
        $plan.Plan | Should -BeLike '*Physical Plan*Join Inner*JDBCRelation*'
        $plan.Master | Should -Be 'local[2]'
        "$($plan | ConvertTo-Json -Depth 5)" | Should -Not -Match 'jdbc:postgresql|password'
        $save.Columns.Target | Should -Be faa, name, lat, lon, alt, tz, dst, tzone, dest, id

        $plan = Invoke-SparkSql 'select tz, count(*) n from a group by tz' -View @{ a = $csv } -AsView v -PlanOnly
        $plan.Result | Should -Be "keep the rows as view 'v'"
        $plan.Plan | Should -BeLike '*HashAggregate*'
        (Get-Failure { Invoke-SparkSql 'select nope from a' -View @{ a = 'airports' } -PlanOnly }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.ColumnNotFound*'
        $printed = Get-Printed 'Invoke-SparkSql "select * from a" -View @{ a = "airports" } -Into t -CreateTable -WhatIf'
        $printed | Should -BeLike "*What if: Run on Spark on local*, write the rows into t of session 'default'*read table 'airports'*Physical Plan*What if: Insert rows into t*"
        # a side that is piped, and more rows than a plan looks at
        (1..3000 | ForEach-Object { @{ faa = 'JFK' } } | Invoke-SparkJoin -Right airports -On faa -PlanOnly).Sides[0].How | Should -BeLike 'the piped rows*'
        Get-DbTable t -ErrorAction Ignore | Should -BeNullOrEmpty
        (Get-Failure { Invoke-SparkSql 'select * from v' }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotFound*'
        Get-WorkFile | Should -BeNullOrEmpty
    }
}

Describe 'Frames and views' {
    BeforeEach { Skip-WithoutSpark }

    It 'end with their session, and leave nothing, <How>' -ForEach @(
        @{ How = 'by Stop-SparkSession'; Command = 'Stop-SparkSession; [Console]::WriteLine("$($df.State) $($view.State)"); $null = [Console]::ReadLine()'; Says = 'Ended Ended' }
        @{ How = 'where the module is removed'; Command = 'Remove-Module DbConductor; [Console]::WriteLine("$($df.State) $($view.State)"); $null = [Console]::ReadLine()'; Says = 'Ended Ended' }
        @{ How = 'where PowerShell ends'; Command = '' }
        @{ How = 'where PowerShell is killed'; Command = '$null = [Console]::ReadLine()' }
        @{ How = 'where the driver is killed'; Command = 'Stop-Process -Id $s.ProcessId -Force; while ($s.State -ne "Ended") { Start-Sleep -Milliseconds 50 }; try { $df.Count() } catch { [Console]::WriteLine($_.Exception.InnerException.Kind) }; Stop-SparkSession'; Says = 'InvalidOperation' }
    ) {
        $start = [Diagnostics.ProcessStartInfo]::new($PowerShell)
        $start.RedirectStandardOutput = $start.RedirectStandardInput = $true
        $script = "Import-Module '$ModulePath'; `$s = Start-SparkSession 'local[1]' -SparkHome '$Spark' -Option @{ 'spark.ui.enabled' = `$false }
            `$df = @{ a = 1 } | New-SparkDataFrame; `$view = Invoke-SparkSql 'select 1 b' -AsView v; `$null = `$df.Cache().Count()
            [Console]::WriteLine(`"`$(`$s.ProcessId) `$(`$s.WorkPath) `$((Get-ChildItem `$s.WorkPath).Count)`"); $Command"
        foreach ($argument in $PowerShellFirst + @('-NoProfile', '-NonInteractive', '-Command', $script)) { $start.ArgumentList.Add($argument) }
        $child = [Diagnostics.Process]::Start($start)
        $driver, $folder, $count = "$($child.StandardOutput.ReadLine())" -split ' '
        $count | Should -Be 2
        if ($Says) { $child.StandardOutput.ReadLine() | Should -Be $Says }
        if ($How -like '*PowerShell is killed') { Stop-Process -Id $child.Id -Force }
        Wait-Until { -not (Get-Process -Id $driver -ErrorAction Ignore) -and -not (Test-Path $folder) } 30
        $child.StandardInput.Close()
        $child.WaitForExit(20000) | Should -BeTrue
    }
}

Describe 'A frame of a table that Spark reads itself' {
    BeforeAll {
        if (-not $NoSpark) { $place = New-Place PostgreSql $TestDrive frames }
        if ($place) {
            $null = Connect-DbAdapter @place
            $null = 1..100 | ForEach-Object { @{ id = $_; name = "n$_" } } | Save-DbBatch -Into rows -CreateTable -ColumnType @{ id = 'int' } -Key id
            $null = Start-SparkSession 'local[2]' -SparkHome $Spark -Option $SparkOptions -Jar $Spark/connectors/*.jar
        }

        function Get-Holder { Invoke-DbQuery "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and query like '%pg_export_snapshot%'" -As SingleValue }
    }
    AfterAll {
        Stop-SparkSession
        if ($place) {
            Disconnect-DbAdapter
            Remove-Place $place
        }
    }
    BeforeEach {
        Skip-WithoutSpark
        Skip-WithoutServer $place
    }

    It 'is read when rows are asked for, each time as it is then, and hands nothing over' {
        $df = New-SparkDataFrame rows -Where { $_.id -gt 50 }
        $df.Source | Should -BeLike "table 'rows'* by JDBC"
        Get-WorkFile | Should -BeNullOrEmpty
        $even = $df.Filter('id % 2 = 0')
        $df.Count(), $even.Count() | Should -Be 50, 25
        $null = @{ id = 102; name = 'new' } | Save-DbBatch rows
        $df.Count(), $even.Count() | Should -Be 51, 26
        $even.Explain() | Should -BeLike '*JDBCRelation*'
        $even.Explain() | Should -Not -BeLike '*jdbc:postgresql*'
        $null = Remove-DbBatch rows -Where @{ id = 102 }
    }

    It 'sees one state where it is read in partitions, which is kept until <End>' -ForEach @(
        @{ End = 'it is disposed'; Script = { $df.Dispose() } }
        @{ End = 'nobody has it'; Script = { $script:df = $null; [GC]::Collect(); [GC]::WaitForPendingFinalizers() } }
        @{ End = 'the session ends'; Script = { Stop-SparkSession } }
    ) {
        # the one before may have ended it
        $null = Start-SparkSession 'local[2]' -SparkHome $Spark -Option $SparkOptions -Jar $Spark/connectors/*.jar
        $script:df = New-SparkDataFrame rows -PartitionColumn id -Partitions 4
        $df.Source | Should -BeLike '* by JDBC in 4 partitions of id'
        Get-Holder | Should -Be 1
        $null = @{ id = 102; name = 'new' } | Save-DbBatch rows
        $df.Count(), $df.Filter('id > 100').Count() | Should -Be 100, 0
        $null = Remove-DbBatch rows -Where @{ id = 102 }
        Wait-Until { . $Script; (Get-Holder) -eq 0 }
    }
}
