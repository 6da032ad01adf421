BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'Invoke-DbQuery on <Type>' -ForEach $SqlTestAdapters {
    BeforeAll { $session = Open-TestSession $Type }
    AfterAll { Close-TestSession $session }
    BeforeEach { Skip-WithoutServer $session }

    It 'gives rows' {
        $rows = Invoke-DbQuery 'select 1 as a, ''x'' as b union all select 2, null order by 1'
        $rows.a | Should -Be 1, 2
        $rows[0].b | Should -Be 'x'
        $rows[1].b | Should -BeNullOrEmpty
    }

    It 'binds parameters, with or without their marker' {
        Invoke-DbQuery 'select @a + @b as s' -Parameter @{ a = 2; '@b' = 3 } -As SingleValue | Should -Be 5
        Invoke-DbQuery 'select @text as t' -Parameter @{ text = "it's; drop table x --" } -As SingleValue | Should -Be "it's; drop table x --"
        $int = if ($session.Type -eq 'MySql') { 'signed' } else { 'int' }
        Invoke-DbQuery "select count(*) as n from (select 1 as x) as q where x = @x or cast(@nothing as $int) is null" -Parameter @{ x = 5; nothing = $null } -As SingleValue | Should -Be 1
    }

    It 'gives several result sets, one after the other' {
        $rows = Invoke-DbQuery 'select 1 as a; select 2 as b, 3 as c'
        $rows[0].a | Should -Be 1
        $rows[1].c | Should -Be 3
        $tables = Invoke-DbQuery 'select 1 as a; select 2 as b, 3 as c' -As DataTable
        $tables.Count | Should -Be 2
        $tables[1].Columns.Count | Should -Be 2
    }

    It 'returns a result with the number of rows where there are none to give' {
        Invoke-DbQuery 'create table q (id int)' | Out-Null
        $result = Invoke-DbQuery 'insert into q values (1), (2), (3)'
        $result.Operation | Should -Be 'Query'
        $result.Rows | Should -Be 3
        Invoke-DbQuery 'drop table q' | Out-Null
    }

    It 'reads a file: <_>' -ForEach 'Path', 'LiteralPath', 'wildcard' {
        $folder = Join-Path $TestDrive "q$([guid]::NewGuid())"
        $null = New-Item -ItemType Directory $folder
        [IO.File]::WriteAllText((Join-Path $folder 'the [query].sql'), "select 'größe' as v")
        Push-Location $folder
        try {
            $given = switch ($_) { 'Path' { @{ Path = 'the `[query`].sql' } } 'LiteralPath' { @{ LiteralPath = './the [query].sql' } } default { @{ Path = '*.sql' } } }
            Invoke-DbQuery @given -As SingleValue | Should -Be 'größe'
        }
        finally { Pop-Location }
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a file that is missing'; Id = 'NotFound'; Call = { Invoke-DbQuery -Path (Join-Path $TestDrive nothing.sql) } }
        @{ Name = 'a wildcard without a file'; Id = 'NotFound'; Call = { Invoke-DbQuery -Path (Join-Path $TestDrive 'nothing*.sql') } }
        @{ Name = 'what the server does not understand'; Id = 'Syntax'; Call = { Invoke-DbQuery 'selec 1' } }
        @{ Name = 'a table that is missing'; Id = 'NotFound'; Call = { Invoke-DbQuery 'select * from missing' } }
    ) {
        (Get-Failure $Call).FullyQualifiedErrorId | Should -BeLike "DbConductor.$Id,*"
    }

    It 'runs nothing with -WhatIf' {
        Invoke-DbQuery 'create table w (id int)' -WhatIf | Should -BeNullOrEmpty
        Get-DbTable w* | Should -BeNullOrEmpty
    }

    It 'takes no longer than -Timeout' {
        $slow = Get-SlowQuery $Type
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $failure = Get-Failure { Invoke-DbQuery $slow -Timeout '1s' }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.Timeout,*'
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
        Invoke-DbQuery 'select 1' -As SingleValue | Should -Be 1
    }

    It 'stops early' {
        $many = if ($Type -eq 'Sqlite') { 'with recursive c(x) as (select 1 union all select x + 1 from c where x < 10000000000) select x from c' }
            elseif ($Type -eq 'PostgreSql') { 'select generate_series(1, 10000000000) as x' }
            else { 'select 1 as x from information_schema.columns a left join information_schema.columns b on true left join information_schema.columns c on true' }
        @(Invoke-DbQuery $many | Select-Object -First 3).Count | Should -Be 3
    }

    It 'shows SQL on Debug, and never a value' {
        $DebugPreference = 'Continue'
        $streams = Invoke-DbQuery 'select @secret as s' -Parameter @{ secret = 'v4lue' } -Verbose 4>&1 5>&1
        $DebugPreference = 'SilentlyContinue'
        "$($streams.Where{ $_ -is [Management.Automation.DebugRecord] })" | Should -BeLike '*select @secret*'
        "$($streams.Where{ $_ -is [Management.Automation.InformationalRecord] })" | Should -Not -BeLike '*v4lue*'
    }
}

Describe 'Notices of PostgreSql' {
    BeforeAll { $session = Open-TestSession PostgreSql }
    AfterAll { Close-TestSession $session }

    It 'go to Verbose' {
        Skip-WithoutServer $session
        $streams = Invoke-DbQuery 'do $$ begin raise notice ''hello there''; end $$' -Verbose 4>&1
        "$streams" | Should -BeLike '*hello there*'
    }
}
