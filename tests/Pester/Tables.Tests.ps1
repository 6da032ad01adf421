BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'Get- and New-DbTable on <Type>' -ForEach $SqlTestAdapters {
    BeforeAll {
        $session = Open-TestSession $Type
        if ($session) {
            $made = New-DbTable -Name people -Key id -ColumnType ([ordered]@{ id = 'long'; name = 'string(50)'; born = 'date'; pay = 'decimal(18,4)'; doc = 'json'; ok = [bool] })
            $null = New-DbTable -Name places -ColumnType @{ zip = 'int'; city = 'string'; area = 'double' } -Key zip
        }
    }
    AfterAll { Close-TestSession $session }
    BeforeEach { Skip-WithoutServer $session }

    It 'creates the columns in their order, and returns the table' {
        $made.Table | Should -Be 'people'
        $made.Columns.Name | Should -Be 'id', 'name', 'born', 'pay', 'doc', 'ok'
        $made.Key | Should -Be 'id'
        $made.Columns[0].IsKey | Should -BeTrue
        $made.Columns[0].Nullable | Should -BeFalse
        $made.Columns[1].Nullable | Should -BeTrue
        $made.Columns.Type | Should -Be 'long', 'string(50)', 'date', 'decimal(18,4)', 'json', 'bool'
        "$made" | Should -Be 'people'
        $made.Adapter.Name | Should -Be 'default'
    }

    It 'puts the key first, then sorts, where a hashtable has no order' {
        (Get-DbTable places).Columns.Name | Should -Be 'zip', 'area', 'city'
    }

    It 'lists by name and wildcard, and each table has its columns' {
        @(Get-DbTable p*).Where{ $_.Table -in 'people', 'places' }.Table | Sort-Object | Should -Be 'people', 'places'
        (Get-DbTable PEOPLE* -ErrorAction SilentlyContinue).Table | Should -Be 'people'
        Get-DbTable nothing* | Should -BeNullOrEmpty
        @(Get-DbTable).Count | Should -BeGreaterOrEqual 2
    }

    It 'reports one missing name among several, and goes on' {
        $found = Get-DbTable people, missing, places -ErrorVariable problem -ErrorAction SilentlyContinue
        $found.Table | Should -Be 'people', 'places'
        $problem.FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotFound,*'
        $problem.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $problem.TargetObject | Should -Be 'missing'
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a table that is there'; Id = 'AlreadyExists'; Call = { New-DbTable people -ColumnType @{ id = 'int' } } }
        @{ Name = 'a type that does not exist'; Id = 'InvalidArgument'; Call = { New-DbTable x -ColumnType @{ id = 'integre' } } }
        @{ Name = 'a .NET type that no column holds'; Id = 'InvalidArgument'; Call = { New-DbTable x -ColumnType @{ id = [IO.FileInfo] } } }
        @{ Name = 'a key that is no column'; Id = 'ColumnNotFound'; Call = { New-DbTable x -ColumnType @{ id = 'int' } -Key nope } }
    ) {
        (Get-Failure $Call).FullyQualifiedErrorId | Should -BeLike "DbConductor.$Id,*"
        Get-DbTable x* | Should -BeNullOrEmpty
    }

    It 'creates nothing with -WhatIf' {
        New-DbTable whatif -ColumnType @{ id = 'int' } -WhatIf | Should -BeNullOrEmpty
        Get-DbTable what* | Should -BeNullOrEmpty
    }

    It 'is part of a transaction, or refused in it' {
        if ($session.Type -eq 'MySql') {
            (Get-Failure { Use-DbTransaction { New-DbTable inside -ColumnType @{ id = 'int' } } }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidOperation,*'
            Get-DbTable ins* | Should -BeNullOrEmpty
            return
        }

        "$(Get-Failure { Use-DbTransaction { $null = New-DbTable inside -ColumnType @{ id = 'int' }; throw 'no' } })" | Should -Be 'no'
        Get-DbTable ins* | Should -BeNullOrEmpty
    }
}
