BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }
AfterAll { Get-DbAdapter | Disconnect-DbAdapter 3>$null }

Describe 'Connect-DbAdapter' {
    BeforeEach { Get-DbAdapter | Disconnect-DbAdapter }

    It 'returns the session, named default' {
        $session = Connect-DbAdapter -Type Sqlite -Database :memory:
        $session.Name | Should -Be 'default'
        $session.Type | Should -Be 'Sqlite'
        $session.State | Should -Be 'Open'
        $session.ServerVersion | Should -Match '^3\.\d+'
        $session.InTransaction | Should -BeFalse
        "$session" | Should -Be 'default'
    }

    It 'takes the type in any case' {
        (Connect-DbAdapter -Type sqlITE -Database :memory:).Type | Should -Be 'Sqlite'
    }

    It 'starts relative paths from PowerShell''s location, not the process''s' {
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive 'some where')
        Push-Location $folder
        try {
            $session = Connect-DbAdapter -Type Sqlite -Database ./here.db
            $session.Location | Should -Be (Join-Path $folder.FullName here.db)
            Disconnect-DbAdapter
            (Connect-DbAdapter -Type Sqlite -ConnectionString 'Data Source=there.db').Location | Should -Be (Join-Path $folder.FullName there.db)
        }
        finally { Pop-Location; Disconnect-DbAdapter }
    }

    It 'understands PowerShell''s drives and the home directory' {
        (Connect-DbAdapter -Type Sqlite -Database TestDrive:/drive.db).Location | Should -Be (Join-Path (Get-Item TestDrive:/).FullName drive.db)
        Disconnect-DbAdapter
        $failure = Get-Failure { Connect-DbAdapter -Type Sqlite -Database '~/no such directory/x.db' }
        "$failure" | Should -BeLike "*$(Join-Path $HOME 'no such directory')*"
    }

    It 'refuses <Name>: <Id>' -ForEach @(
        @{ Name = 'an unknown type, listing those there are'; Id = 'InvalidArgument'; Like = '*PostgreSql*Sqlite*'; Call = { Connect-DbAdapter -Type Oracle } }
        @{ Name = 'a directory that is missing'; Id = 'NotFound'; Like = '*nothing*'; Call = { Connect-DbAdapter -Type Sqlite -Database (Join-Path $TestDrive nothing x.db) } }
        @{ Name = 'a path that is no file''s'; Id = 'InvalidArgument'; Like = '*Variable*'; Call = { Connect-DbAdapter -Type Sqlite -Database variable:x } }
        @{ Name = 'a port where nobody listens'; Id = 'Connection'; Like = '*127.0.0.1:1*'; Call = { Connect-DbAdapter -Type PostgreSql -Server 127.0.0.1 -Port 1 -Database x } }
        @{ Name = 'a host that does not exist'; Id = 'Connection'; Like = '*nohost.invalid*'; Call = { Connect-DbAdapter -Type PostgreSql -Server nohost.invalid -Database x } }
    ) {
        $failure = Get-Failure $Call
        $failure.FullyQualifiedErrorId | Should -BeLike "DbConductor.$Id,*"
        "$failure" | Should -BeLike $Like
        Get-DbAdapter | Should -BeNullOrEmpty
    }

    It 'refuses a file that is not a database' {
        Set-Content (Join-Path $TestDrive text.db) ('this is no database ' * 100)
        (Get-Failure { Connect-DbAdapter -Type Sqlite -Database TestDrive:/text.db }).Exception.Message | Should -BeLike '*text.db*'
    }

    It 'never shows the password, whatever fails' {
        $credential = [pscredential]::new('somebody', (ConvertTo-SecureString 'pa55-w0rd!' -AsPlainText -Force))
        $failure = Get-Failure { Connect-DbAdapter -Type PostgreSql -Server 127.0.0.1 -Port 1 -Database x -Credential $credential }
        $failure | Format-List * -Force | Out-String | Should -Not -BeLike '*pa55-w0rd!*'
        $failure.Exception.ToString() | Should -Not -BeLike '*pa55-w0rd!*'
        $failure = Get-Failure { Connect-DbAdapter -Type PostgreSql -ConnectionString 'Host=127.0.0.1;Port=1;Username=a;Password=pa55-w0rd!;Nonsense=1' }
        $failure.Exception.ToString() | Should -Not -BeLike '*pa55-w0rd!*'
    }

    It 'gives a taken name to the new session, and says so' {
        $first = Connect-DbAdapter -Type Sqlite -Database (Join-Path $TestDrive a.db)
        $warning = $null
        $second = Connect-DbAdapter -Type Sqlite -Database :memory: -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -BeLike '*-Name*'
        $first.State | Should -Be 'Closed'
        (Get-DbAdapter).Location | Should -Be $second.Location
        $failure = Get-Failure { Invoke-DbQuery 'select 1' -Adapter $first }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidOperation,*'
        "$failure" | Should -BeLike '*Connect-DbAdapter*'
    }

    It 'does not take a name from a session with work open' {
        $first = Connect-DbAdapter -Type Sqlite -Database :memory:
        Start-DbTransaction
        (Get-Failure { Connect-DbAdapter -Type Sqlite -Database :memory: }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidOperation,*'
        $first.State | Should -Be 'Open'
        Undo-DbTransaction
    }
}

Describe '-Timeout' {
    AfterEach { Get-DbAdapter | Disconnect-DbAdapter }

    It 'takes <_>' -ForEach '30s', '15m', '12h', '7d', '00:00:30', '30', 30, ([TimeSpan]::FromSeconds(30)), ([long] 30) {
        Connect-DbAdapter -Type Sqlite -Database :memory: -Timeout $_ | Should -Not -BeNullOrEmpty
    }

    It 'refuses <Name> with the remedy' -ForEach @(
        @{ Name = '7d without quotes, a decimal'; Value = 7d }
        @{ Name = 'a fraction'; Value = 1.5 }
        @{ Name = 'a text that is none'; Value = 'soon' }
        @{ Name = 'a negative number'; Value = -1 }
        @{ Name = 'a negative span'; Value = [TimeSpan]::FromSeconds(-1) }
        @{ Name = 'a date'; Value = [DateTime]::Now }
    ) {
        $failure = Get-Failure { Connect-DbAdapter -Type Sqlite -Database :memory: -Timeout $Value }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
        "$failure" | Should -BeLike "*'7d'*"
    }
}

Describe 'Which session a cmdlet uses' {
    BeforeEach { Get-DbAdapter | Disconnect-DbAdapter }

    It 'is the only one' {
        $null = Connect-DbAdapter -Type Sqlite -Database :memory: -Name one
        Invoke-DbQuery 'select 1' -As SingleValue | Should -Be 1
    }

    It 'is the one named default among several' {
        foreach ($name in 'one', 'default', 'two') {
            $null = Connect-DbAdapter -Type Sqlite -Database :memory: -Name $name
            Invoke-DbQuery "create table t (v text); insert into t values ('$name')" -Adapter $name | Out-Null
        }

        (Get-DbBatch -From t).v | Should -Be 'default'
        (Get-DbBatch -From t -Adapter TWO).v | Should -Be 'two'
        (Get-DbBatch -From t -Adapter (Get-DbAdapter one)).v | Should -Be 'one'
    }

    It 'is an error that lists the names where it is not clear' {
        $null = Connect-DbAdapter -Type Sqlite -Database :memory: -Name one
        $null = Connect-DbAdapter -Type Sqlite -Database :memory: -Name two
        $failure = Get-Failure { Invoke-DbQuery 'select 1' }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotFound,*'
        "$failure" | Should -BeLike '*one, two*'
    }

    It 'is an error where there is none' {
        "$(Get-Failure { Invoke-DbQuery 'select 1' })" | Should -BeLike '*Connect-DbAdapter*'
        "$(Get-Failure { Invoke-DbQuery 'select 1' -Adapter nope })" | Should -BeLike "*'nope'*"
        "$(Get-Failure { Invoke-DbQuery 'select 1' -Adapter 5 })" | Should -BeLike '*-Adapter takes a session*'
    }

    It 'belongs to its runspace, but can be passed' {
        $session = Connect-DbAdapter -Type Sqlite -Database :memory:
        $seen = 1 | ForEach-Object -Parallel {
            Import-Module $using:ModulePath
            @(Get-DbAdapter).Count
            try { Invoke-DbQuery 'select 1' } catch { $_.FullyQualifiedErrorId }
            Invoke-DbQuery 'select 7' -As SingleValue -Adapter $using:session
        }
        $seen[0] | Should -Be 0
        $seen[1] | Should -BeLike 'DbConductor.NotFound,*'
        $seen[2] | Should -Be 7
    }
}

Describe 'One session in many runspaces at once, on <Type>' -ForEach $SqlTestAdapters {
    BeforeAll { $session = Open-TestSession $Type }
    AfterAll { Close-TestSession $session }

    It 'writes and reads without losing a row' {
        Skip-WithoutServer $session
        $null = New-DbTable -Name t -ColumnType @{ id = 'int'; who = 'int' } -Key id
        1..6 | ForEach-Object -ThrottleLimit 6 -Parallel {
            Import-Module $using:ModulePath
            $who = $_
            foreach ($round in 1..3) {
                1..50 | ForEach-Object { [pscustomobject]@{ id = $who * 1000 + $round * 100 + $_; who = $who } } | Save-DbBatch -Into t -Adapter $using:session | Out-Null
                (Measure-DbBatch -From t -Adapter $using:session -Where @{ who = $who }).Count
            }
        } | Group-Object | Sort-Object { [int]$_.Name } | ForEach-Object { "$($_.Name): $($_.Count)" } | Should -Be '50: 6', '100: 6', '150: 6'
        (Measure-DbBatch -From t).Count | Should -Be 900
    }
}

Describe 'Get-, Test- and Disconnect-DbAdapter' {
    BeforeEach {
        Get-DbAdapter | Disconnect-DbAdapter
        $one = Connect-DbAdapter -Type Sqlite -Database :memory: -Name one
        $two = Connect-DbAdapter -Type Sqlite -Database :memory: -Name two
    }

    It 'lists by name and wildcard' {
        (Get-DbAdapter).Name | Should -Be 'one', 'two'
        (Get-DbAdapter t*).Name | Should -Be 'two'
        Get-DbAdapter x* | Should -BeNullOrEmpty
    }

    It 'reports one missing name among several, and goes on' {
        $found = Get-DbAdapter one, nope, two -ErrorVariable missing -ErrorAction SilentlyContinue
        $found.Name | Should -Be 'one', 'two'
        $missing.FullyQualifiedErrorId | Should -Be 'DbConductor.NotFound,DbConductor.PowerShell.GetDbAdapterCommand'
        $missing.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $missing.TargetObject | Should -Be 'nope'
    }

    It 'tests a session' {
        $test = Test-DbAdapter one
        $test.Success | Should -BeTrue
        $test.Latency | Should -BeGreaterThan ([TimeSpan]::Zero)
        $test.ServerVersion | Should -Match '^3\.'
        $one, $two | Test-DbAdapter -Quiet | Should -Be $true, $true
    }

    It 'disconnects <Name>' -ForEach @(
        @{ Name = 'by name'; Call = { Disconnect-DbAdapter one } }
        @{ Name = 'by -Name'; Call = { Disconnect-DbAdapter -Name one } }
        @{ Name = 'by -Adapter'; Call = { Disconnect-DbAdapter -Adapter $one } }
        @{ Name = 'from the pipeline'; Call = { Get-DbAdapter one | Disconnect-DbAdapter } }
    ) {
        . $Call
        (Get-DbAdapter).Name | Should -Be 'two'
        $one.State | Should -Be 'Closed'
    }

    It 'does not mind a session that is closed already' {
        Disconnect-DbAdapter $one
        Disconnect-DbAdapter $one -ErrorAction Stop
        "$(Get-Failure { Disconnect-DbAdapter one })" | Should -BeLike '*one*'
    }
}

Describe 'A lost connection on PostgreSql' {
    BeforeAll { $session = Open-TestSession PostgreSql }
    AfterAll { Close-TestSession $session }

    It 'is said, and the next cmdlet connects anew' {
        Skip-WithoutServer $session
        $admin = Connect-DbAdapter -Type PostgreSql -ConnectionString $PostgreSql -Name admin
        $null = New-DbTable -Name t -ColumnType @{ id = 'int' } -Adapter $session
        Start-DbTransaction -Adapter $session
        $backend = Invoke-DbQuery 'select pg_backend_pid()' -As SingleValue -Adapter $session
        Invoke-DbQuery 'select pg_terminate_backend(@pid)' -Parameter @{ pid = $backend } -Adapter $admin | Out-Null
        $failure = Get-Failure { @{ id = 1 } | Save-DbBatch -Into t -Adapter $session }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.Connection,*'
        $session.State | Should -Be 'Broken'
        (Get-Failure { Complete-DbTransaction -Adapter $session }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidOperation,*'
        Undo-DbTransaction -Adapter $session
        (@{ id = 2 } | Save-DbBatch -Into t -Adapter $session).Rows | Should -Be 1
        $session.State | Should -Be 'Open'
        (Get-DbBatch -From t -Adapter $session).id | Should -Be 2
        Disconnect-DbAdapter $admin
    }
}
