BeforeDiscovery {
    # an adapter that this build leaves out has no tests here: the build counts what is skipped
    $built = (Get-ChildItem $PSScriptRoot/../../out/DbConductor/bin/adapters).Name
    $setUps = @{ Stash = 'Sqlite'; Target = 'Sqlite' }, @{ Stash = 'MongoDb'; Target = 'MySql' }, @{ Stash = 'PostgreSql'; Target = 'MySql' }, @{ Stash = 'MongoDb'; Target = 'PostgreSql' } |
        ForEach-Object { $_ + @{ Join = 'Join-DbBatch'; On = 'this machine' } }
    $setUps += 'local[2]', 'a standalone master with a worker' | ForEach-Object { @{ Stash = 'MongoDb'; Target = 'MySql'; Join = 'Invoke-SparkJoin'; On = "Spark, $_" } }
    $setUps = $setUps | Where-Object { $_.Stash -in $built -and $_.Target -in $built }
    $examples = @{ Source = 'Sqlite'; Stash = 'Sqlite'; Target = 'Sqlite' }, @{ Source = 'PostgreSql'; Stash = 'MongoDb'; Target = 'MySql' } |
        Where-Object { -not @($_.Values | Where-Object { $_ -notin $built }) }
}
BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
    . $PSScriptRoot/TestSpark.ps1

    # Another process, at the repository, which finds the profiles in its environment.
    function Start-Script([string] $Command, [hashtable] $Profiles) {
        $start = [Diagnostics.ProcessStartInfo]::new($PowerShell)
        $start.WorkingDirectory = (Resolve-Path $PSScriptRoot/../..).Path
        $start.RedirectStandardError = $start.RedirectStandardOutput = $true
        foreach ($argument in $PowerShellFirst + @('-NoProfile', '-NonInteractive', '-Command', "`$PSStyle.OutputRendering = 'PlainText'; Import-Module '$ModulePath'; $Command")) { $start.ArgumentList.Add($argument) }
        foreach ($profile in $Profiles.Keys) {
            foreach ($variable in (Get-PlaceVariable $profile $Profiles[$profile]).GetEnumerator()) { $start.Environment[$variable.Key] = $variable.Value }
        }

        $process = [Diagnostics.Process]::Start($start)
        [pscustomobject]@{ Process = $process; Output = $process.StandardOutput.ReadToEndAsync(); Errors = $process.StandardError.ReadToEndAsync() }
    }

    # What it printed, once it has ended well.
    function Wait-Script($Script) {
        if (-not $Script.Process.WaitForExit(180000)) { $Script.Process.Kill(); throw 'The script did not end within three minutes.' }
        $output = $Script.Output.GetAwaiter().GetResult()
        $Script.Errors.GetAwaiter().GetResult() | Should -BeNullOrEmpty
        $Script.Process.ExitCode | Should -Be 0 -Because $output
        $output
    }

    function Skip-WithoutPlaces([hashtable] $Places) {
        if ($Places.Values -contains $null) { Set-ItResult -Skipped -Because 'no server: its DBCONDUCTOR_TEST_ variable is not set' }
    }

    function Remove-Places([hashtable] $Places, [string] $Folder) {
        $Places.Values | Where-Object { $_ } | ForEach-Object { Remove-Place $_ }
        Remove-Item -LiteralPath $Folder -Recurse
    }
}

Describe 'The pipeline with its stash in <Stash> and its target in <Target>, joined on <On>' -ForEach $setUps {
    BeforeAll {
        $folder = New-Folder
        $places = @{ stash = New-Place $Stash $folder stash; target = New-Place $Target $folder target }
        $usesSpark = $Join -eq 'Invoke-SparkJoin'
        $profiles = $places.Clone()
        if ($places.Values -notcontains $null -and -not ($usesSpark -and $NoSpark)) {
            foreach ($name in $places.Keys) {
                $place = $places[$name]
                $null = Connect-DbAdapter -Name $name @place
            }

            if ($usesSpark) {
                $master = 'local[2]'
                $option = $SparkOptions.Clone()
                if ($On -match 'standalone') {
                    $cluster = Start-SparkCluster $folder
                    $master = $cluster.Master
                    $option += @{ 'spark.executor.memory' = '512m'; 'spark.executor.extraJavaOptions' = '-XX:TieredStopAtLevel=1'; 'spark.cores.max' = 1 }
                }

                $work = (New-Item -ItemType Directory (Join-Path $folder work)).FullName
                $session = @{ Master = $master; SparkHome = $Spark; WorkPath = $work; Option = $option }
                $profiles.spark = @{ Type = 'Spark'; Server = $master; options__sparkHome = $Spark; options__workPath = $work }
                foreach ($setting in $option.Keys) { $profiles.spark["options__$setting"] = "$($option[$setting])" }
            }
        }
    }
    AfterAll {
        Get-DbAdapter | Disconnect-DbAdapter
        Stop-SparkSession
        if ($cluster) { Stop-SparkCluster $cluster }
        Remove-Places $places $folder
    }
    BeforeEach {
        Skip-WithoutPlaces $places
        if ($usesSpark) { Skip-WithoutSpark }
    }

    It 'puts aside, waits for another process, joins and commits' {
        $first = Start-Script ". '$PSScriptRoot/Pipeline/day.ps1' -Join $Join" $profiles
        Wait-Until { $first.Process.HasExited -or (Get-DbStash airports -Adapter stash -ErrorAction Ignore) } 60
        Start-Sleep -Milliseconds 300
        $first.Process.HasExited | Should -BeFalse -Because 'it waits'
        Wait-Script (Start-Script ". '$PSScriptRoot/Pipeline/arrival.ps1'" $places) | Should -Match 'Name +: flights-2013-01-01\s[\s\S]+Rows +: 842\s'
        $output = Wait-Script $first
        $output | Should -Match 'Table +: flights_enriched\s[\s\S]+Rows +: 842\s'
        if ($usesSpark) {
            $output | Should -Match "Path +: Spark join on $([regex]::Escape($master))"
            # the driver ends, and removes what it had, when it sees that the script has ended
            Wait-Until { -not (Get-ChildItem $work) }
        }

        $enriched = @(Get-DbBatch flights_enriched -Adapter target)
        $enriched.Count | Should -Be 842
        @($enriched | Where-Object dest_name).Count | Should -Be 816
        ($enriched.arr_delay | Measure-Object -Sum).Sum | Should -Be 10513
        (Get-DbBatch flights_enriched -Adapter target -Where @{ flight = 1141; carrier = 'AA' }).dest_name | Should -BeExactly 'Miami Intl'
        (Measure-DbBatch flights_clean -Adapter target).Count | Should -Be 816
        (Measure-DbBatch flights_clean -Adapter target -Where @{ name = $null }).Count | Should -Be 0
        (Get-DbBatch loads -Adapter target).state | Should -Be done
        @(Get-DbStash -Adapter stash).Name | Should -Be airports
    }

    It 'lands no day twice, and no half of a day' {
        if ($usesSpark) { $null = Start-SparkSession @session }
        $airports = Get-DbStash airports -Adapter stash
        Wait-Script (Start-Script ". '$PSScriptRoot/Pipeline/arrival.ps1'" $places) | Out-Null
        $flights = Get-DbStash flights-2013-01-01 -Adapter stash
        $again = & $Join -Left $flights -Right $airports -On @{ dest = 'faa' } -JoinType Left `
            -Property time_hour, carrier, flight, origin, dest, arr_delay, @{ dest_name = 'name' } -Into flights_enriched -IntoAdapter target -BatchId flights-2013-01-01
        $again.Status | Should -Be Replayed
        $failure = Get-Failure {
            Use-DbTransaction -Adapter target {
                & $Join -Left $flights -Right $airports -On @{ dest = 'faa' } -Property carrier, flight, dest, arr_delay, name |
                    ForEach-Object { if ($_.flight -eq 461) { throw 'a bad row' }; $_ } |
                    Save-DbBatch -Into flights_clean -BatchId another
            }
        }
        $failure.Exception.Message | Should -Be 'a bad row'
        (Measure-DbBatch flights_enriched -Adapter target).Count | Should -Be 842
        (Measure-DbBatch flights_clean -Adapter target).Count | Should -Be 816
        if ($usesSpark) { Get-ChildItem (Get-SparkSession).WorkPath | Should -BeNullOrEmpty }
    }
}

Describe 'examples/pipeline.ps1 from <Source> by <Stash> to <Target>' -ForEach $examples {
    BeforeAll {
        $folder = New-Folder
        $places = @{ source = New-Place $Source $folder source; stash = New-Place $Stash $folder stash; target = New-Place $Target $folder target }
    }
    AfterAll { Remove-Places $places $folder }
    BeforeEach { Skip-WithoutPlaces $places }

    It 'brings a week of flights to the known totals, once however often it is run' {
        foreach ($run in 'Saved', 'Replayed') {
            $output = (Wait-Script (Start-Script "& ./examples/pipeline.ps1 -UseProfiles; exit `$LASTEXITCODE" $places)) -split '\r?\n'
            @($output -like 'check: *: equal').Count | Should -Be 6 -Because ($output -join "`n")
            @($output -like "2013-01-0?: * $run*").Count | Should -Be 7 -Because ($output -join "`n")
        }
    }
}

Describe 'examples/pipeline.ps1' {
    It 'needs nothing but SQLite' {
        $output = (Wait-Script (Start-Script '& ./examples/pipeline.ps1; exit $LASTEXITCODE' @{})) -split '\r?\n'
        @($output -like 'check: *: equal').Count | Should -Be 6
    }
}
