BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1

    # Stops a second PowerShell as Ctrl-C would, once it has said so by making a file, and so many seconds have passed; returns how long that took.
    function Stop-Other($Other, [string] $Flag, [int] $After = 0) {
        Wait-Until { (Test-Path -LiteralPath $Flag) -or $Other.Run.IsCompleted }
        Start-Sleep $After
        # to enumerate the errors of what still runs would wait for its end
        $Other.Run.IsCompleted | Should -BeFalse -Because "$($Other.Shell.Streams.Error.ReadAll())"
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $Other.Shell.Stop()
        $Other.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $clock.Elapsed.TotalSeconds
    }
}

Describe 'Ctrl-C on <Type>' -ForEach $SqlTestAdapters {
    BeforeAll {
        $session = Open-TestSession $Type
        if ($session) { $connect = "`$null = $(Get-TestConnect $session $Type);" }
        $slow = Get-SlowQuery $Type
    }
    AfterAll { Close-TestSession $session }
    BeforeEach {
        Skip-WithoutServer $session
        $flag = Join-Path $TestDrive "flag-$([guid]::NewGuid())"
        Invoke-DbQuery 'drop table if exists t; create table t (id int not null primary key)' | Out-Null
    }

    It 'stops a query, also on the server' {
        $other = Start-Other "$connect Set-Content -LiteralPath '$flag' 1; Invoke-DbQuery '$slow'"
        Stop-Other $other $flag -After 1 | Should -BeLessThan 10
        if ($Type -eq 'PostgreSql') {
            Wait-Until { 0 -eq (Invoke-DbQuery "select count(*) from pg_stat_activity where query like 'select pg_sleep(120)%' and state = 'active'" -As SingleValue) }
        }
        elseif ($Type -ne 'Sqlite') {
            Wait-Until { 0 -eq (Invoke-DbQuery "select count(*) from information_schema.processlist where info like 'select count(*) from information_schema.columns a%'" -As SingleValue) }
        }
    }

    It 'leaves nothing of a write that is being fed' {
        $other = Start-Other "$connect 1..1000000 | ForEach-Object { if (`$_ -eq 5000) { Set-Content -LiteralPath '$flag' 1; Start-Sleep 120 }; @{ id = `$_ } } | Save-DbBatch -Into t"
        Stop-Other $other $flag | Should -BeLessThan 20
        (Measure-DbBatch t).Count | Should -Be 0
        (@{ id = 1 } | Save-DbBatch -Into t).Rows | Should -Be 1
    }

    It 'leaves nothing of a write that waits for the database' {
        $null = @{ id = 1 } | Save-DbBatch -Into t
        Start-DbTransaction
        $null = Update-DbBatch -Into t -All -Set @{ id = 2 }
        $other = Start-Other "$connect Set-Content -LiteralPath '$flag' 1; Update-DbBatch -Into t -All -Set @{ id = 3 }"
        Stop-Other $other $flag -After 1 | Should -BeLessThan 20
        Complete-DbTransaction
        (Get-DbBatch -From t).id | Should -Be 2
    }

    It 'rolls a Use-DbTransaction back, whatever it is at' {
        $other = Start-Other "$connect Use-DbTransaction { `$null = @{ id = 1 } | Save-DbBatch -Into t; Set-Content -LiteralPath '$flag' 1; Start-Sleep 120 }"
        Stop-Other $other $flag | Should -BeLessThan 20
        (Measure-DbBatch t).Count | Should -Be 0
        (@{ id = 1 } | Save-DbBatch -Into t).Rows | Should -Be 1
    }

    It 'stops a copy' {
        $null = 1..20000 | ForEach-Object { [pscustomobject]@{ id = $_ } } | Save-DbBatch -Into t
        Invoke-DbQuery 'create table big (id bigint)' | Out-Null
        Invoke-DbQuery 'create view many as select a.id from t a cross join t b cross join t c' | Out-Null
        $other = Start-Other "$connect Set-Content -LiteralPath '$flag' 1; Copy-DbBatch -From many -Into big"
        Stop-Other $other $flag -After 2 | Should -BeLessThan 30
        (Measure-DbBatch big).Count | Should -Be 0
        Invoke-DbQuery 'drop view many; drop table big' | Out-Null
    }
}

Describe 'Connecting' {
    It 'stops on Ctrl-C where the server never answers' {
        $flag = Join-Path $TestDrive connecting
        # a listener that never answers
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        try {
            $other = Start-Other "Set-Content -LiteralPath '$flag' 1; Connect-DbAdapter -Type PostgreSql -Server 127.0.0.1 -Port $($listener.LocalEndpoint.Port) -Database x -Timeout 120"
            Stop-Other $other $flag -After 1 | Should -BeLessThan 10
        }
        finally { $listener.Stop() }
    }
}

Describe 'A process that dies' {
    It 'leaves nothing of its write' {
        $session = Open-TestSession Sqlite
        $null = New-DbTable t -ColumnType @{ id = 'int' }
        $flag = Join-Path $TestDrive killed
        $script = "Import-Module '$ModulePath'; `$null = Connect-DbAdapter -Type Sqlite -Database '$($session.Location)'; 1..100000 | ForEach-Object { if (`$_ -eq 5000) { Set-Content '$flag' 1; Start-Sleep 120 }; @{ id = `$_ } } | Save-DbBatch -Into t"
        $process = Start-Process $PowerShell -ArgumentList ($PowerShellFirst + '-NoProfile' + '-EncodedCommand' + [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($script))) -PassThru
        Wait-Until { Test-Path $flag } -Seconds 60
        $process.Kill()
        $process.WaitForExit()
        (Measure-DbBatch t).Count | Should -Be 0
        (@{ id = 1 } | Save-DbBatch -Into t).Rows | Should -Be 1
        Close-TestSession $session
    }
}
