BeforeDiscovery {
    . $PSScriptRoot/TestAdapters.ps1
    # of MariaDB and MySQL, which read and write by the same code, each way and across once: every pair would take minutes
    $pairs = foreach ($from in 'Sqlite', 'PostgreSql') { foreach ($into in 'Sqlite', 'PostgreSql') { @{ From = $from; Into = $into } } }
    if ($TestAdapters.Type -contains 'MySql') {
        $pairs += @{ From = 'PostgreSql'; Into = 'MySql' }, @{ From = 'MySql'; Into = 'MariaDb' }, @{ From = 'MariaDb'; Into = 'Sqlite' }
    }
}
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'Copy-DbBatch from <From> into <Into>' -ForEach $pairs {
    BeforeAll {
        $source = Open-TestSession $From -Name source
        $target = Open-TestSession $Into -Name target
        if ($source) {
            $null = Import-Csv (Join-Path $PSScriptRoot ../../examples/data/airports.csv) |
                Save-DbBatch -Adapter $source -Into airports -Key faa -CreateTable -NullText NA -ColumnType @{ lat = 'double'; lon = 'double'; alt = 'int'; tz = 'int' }
        }
    }
    AfterAll { Close-TestSession $source; Close-TestSession $target }
    BeforeEach {
        Skip-WithoutServer ($source -and $target)
        Remove-TestTable $target copied
    }

    It 'copies every value' {
        $result = Copy-DbBatch -FromAdapter source -From airports -IntoAdapter $target -Into copied -CreateTable -Key faa
        $result.Rows | Should -Be 1458
        $result.Operation | Should -Be 'Copy'
        $result.Created | Should -BeTrue
        $before = Get-DbBatch -From airports -Adapter $source | Sort-Object faa | ConvertTo-Csv
        $after = Get-DbBatch -From copied -Adapter $target | Sort-Object faa | ConvertTo-Csv
        Compare-Object $before $after | Should -BeNullOrEmpty
        (Get-DbTable copied -Adapter $target).Key | Should -Be 'faa'
    }

    It 'copies what is asked for' {
        $result = Copy-DbBatch -FromAdapter source -From airports -IntoAdapter target -Into copied -CreateTable -Where { $_.alt -gt 5000 } -Property faa, @{ height = 'alt' }
        $result.Rows | Should -Be (Measure-DbBatch -From airports -Where { $_.alt -gt 5000 } -Adapter $source).Count
        (Get-DbTable copied -Adapter $target).Columns.Name | Should -Be 'faa', 'height'
    }

    It 'writes in a mode' {
        $null = Copy-DbBatch -FromAdapter source -From airports -IntoAdapter target -Into copied -CreateTable -Key faa -Where @{ faa = 'JFK' }
        (Get-Failure { Copy-DbBatch -FromAdapter source -From airports -IntoAdapter target -Into copied }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.DuplicateKey,*'
        (Measure-DbBatch -From copied -Adapter target).Count | Should -Be 1
        (Copy-DbBatch -FromAdapter source -From airports -IntoAdapter target -Into copied -Mode SkipExisting).Skipped | Should -Be 1
        (Measure-DbBatch -From copied -Adapter target).Count | Should -Be 1458
    }

    It 'plans with -PlanOnly and -WhatIf, and writes nothing' {
        $plan = Copy-DbBatch -FromAdapter source -From airports -IntoAdapter target -Into copied -CreateTable -PlanOnly
        $plan.Rows | Should -Be 1458
        $plan.Columns.Count | Should -Be 8
        "$($plan.Ddl)" | Should -BeLike ($Into -eq 'MongoDb' ? '*"create" : "copied"*' : 'CREATE TABLE*copied*')
        Copy-DbBatch -FromAdapter source -From airports -IntoAdapter target -Into copied -CreateTable -WhatIf | Should -BeNullOrEmpty
        Get-DbTable cop* -Adapter $target | Should -BeNullOrEmpty
    }

    It 'tells of each column its types, what narrows and what cannot be read' {
        $null = New-DbTable planned -Adapter source -ColumnType @{ id = 'int'; name = 'string'; rate = 'double' }
        $null = New-DbTable narrow -Adapter target -ColumnType @{ id = 'int'; name = 'string(3)'; rate = 'double' }
        $report = (Copy-DbBatch -FromAdapter source -From planned -IntoAdapter target -Into narrow -PlanOnly).Columns
        $native = (Get-DbTable planned -Adapter source).Columns
        foreach ($column in $report) {
            $column.SourceNativeType | Should -Be ($native | Where-Object Name -EQ $column.Source).NativeType
            $column.TargetType | Should -Not -BeNullOrEmpty
        }
        ($report | Where-Object Target -EQ id).Note | Should -BeNullOrEmpty
        ($report | Where-Object Target -EQ name).Note | Should -BeLike 'string to string(3): *refused*'
        if ($From -eq 'PostgreSql' -and $Into -eq 'MySql') {
            ($report | Where-Object Target -EQ rate).Note | Should -Be 'refused: NaN, infinity'
        }
        ($report | Where-Object Target -EQ id).Unreadable | Should -Be ($From -eq 'Sqlite' ? 'cells that are not what the declared type says' : '')
    }

    It 'tells of a table that would be created what it will be' {
        $null = New-DbTable dated -Adapter source -ColumnType @{ text = 'string(10)'; day = 'datetime'; instant = 'datetimeoffset'; hour = 'time' }
        $report = (Copy-DbBatch -FromAdapter source -From dated -IntoAdapter target -Into copied -CreateTable -PlanOnly).Columns
        $report.Note | Should -Not -BeLike '*texts*'
        $null = Copy-DbBatch -FromAdapter source -From dated -IntoAdapter target -Into copied -CreateTable
        (Copy-DbBatch -FromAdapter source -From dated -IntoAdapter target -Into copied -PlanOnly).Columns.Note | Should -Be $report.Note
    }

    It 'is part of a transaction' {
        $null = Copy-DbBatch -FromAdapter source -From airports -IntoAdapter target -Into copied -CreateTable -Where @{ faa = 'JFK' }
        "$(Get-Failure { Use-DbTransaction -Adapter $target { Copy-DbBatch -FromAdapter source -From airports -Into copied; throw 'no' } })" | Should -Be 'no'
        (Measure-DbBatch -From copied -Adapter target).Count | Should -Be 1
    }
}

Describe 'Copy-DbBatch into the table that it reads, on <Type>' -ForEach $TestAdapters {
    BeforeAll { $session = Open-TestSession $Type }
    AfterAll { Close-TestSession $session }

    It 'ends' {
        Skip-WithoutServer $session
        $null = New-DbTable t -ColumnType @{ id = 'int' }
        $null = 1..100 | ForEach-Object { @{ id = $_ } } | Save-DbBatch -Into t
        (Copy-DbBatch -From t -Into t).Rows | Should -Be 100
        (Measure-DbBatch t).Count | Should -Be 200
        (Use-DbTransaction { Copy-DbBatch -From t -Into t }).Rows | Should -Be 200
        (Measure-DbBatch t).Count | Should -Be 400
    }
}
