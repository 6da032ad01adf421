BeforeDiscovery {
    . $PSScriptRoot/TestAdapters.ps1
    # of MariaDB and MySQL, which read and write by the same code, each way and across once: every pair would take minutes
    $pairs = foreach ($from in 'Sqlite', 'PostgreSql') { foreach ($into in 'Sqlite', 'PostgreSql') { @{ From = $from; Into = $into } } }
    if ($TestAdapters.Type -contains 'MySql') {
        $pairs += @{ From = 'PostgreSql'; Into = 'MySql' }, @{ From = 'MySql'; Into = 'MariaDb' }, @{ From = 'MariaDb'; Into = 'Sqlite' }
    }
    $rounds = @()
    if ($TestAdapters.Type -contains 'MongoDb') {
        $pairs += @{ From = 'PostgreSql'; Into = 'MongoDb' }, @{ From = 'MongoDb'; Into = 'PostgreSql' }
        $rounds = $SqlTestAdapters | Where-Object Type -In 'PostgreSql', 'MySql'
        if ($TestAdapters.Type -contains 'MySql') { $pairs += @{ From = 'MySql'; Into = 'MongoDb' }, @{ From = 'MongoDb'; Into = 'MySql' } }
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
        # names those that are missing
        (Compare-Object (Get-DbBatch -From airports -Adapter source).faa (Get-DbBatch -From copied -Adapter target).faa).InputObject | Should -BeNullOrEmpty
        (Measure-DbBatch -From copied -Adapter target).Count | Should -Be 1458
    }

    It 'plans with -PlanOnly and -WhatIf, and writes nothing' {
        $plan = Copy-DbBatch -FromAdapter source -From airports -IntoAdapter target -Into copied -CreateTable -PlanOnly
        $plan.Rows | Should -Be 1458
        $plan.Columns.Count | Should -Be 8
        "$($plan.Ddl)" | Should -BeLike ($Into -eq 'MongoDb' ? '*"create" : "copied"*' : 'CREATE TABLE*copied*')
        Copy-DbBatch -FromAdapter source -From airports -IntoAdapter target -Into copied -CreateTable -WhatIf | Should -BeNullOrEmpty
        Get-DbTable "$(Get-TestSchema $target).cop*" -Adapter $target | Should -BeNullOrEmpty
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

Describe 'Copy-DbBatch from <Type> into MongoDB and back' -ForEach $rounds {
    BeforeAll {
        $sql = Open-TestSession $Type -Name sql
        $mongo = Open-TestSession MongoDb -Name mongo
        $types = [ordered]@{
            id = 'int'; flag = 'bool'; small = 'short'; big = 'long'; price = 'decimal(18,4)'; any = 'decimal'; ratio = 'double'; title = 'string'; code = 'string(10)'
            bytes = 'binary'; day = 'date'; clock = 'time'; seen = 'datetime'; instant = 'datetimeoffset'; span = 'timespan'; mark = 'guid'; doc = 'json'
        }
        # one row of each value's kind, the edges that both hold, and nothing
        $rows = @(
            [pscustomobject]@{
                id = 1; flag = $true; small = 1; big = 9007199254740993; price = 1234.5678d; any = 0.1d; ratio = 0.1; title = "Grüße 名前 `u{1F642}"; code = 'abc'; bytes = [byte[]](0, 255, 10)
                day = [DateOnly]::new(2024, 2, 29); clock = [TimeOnly]::new(23, 59, 59, 999); seen = [datetime]'2024-02-29T12:34:56.789'; instant = [DateTimeOffset]'2024-02-29T12:34:56.789+02:00'
                span = [timespan]'-1:02:03.456789'; mark = [guid]'00112233-4455-6677-8899-aabbccddeeff'; doc = @{ a = 1; list = @(1, 2.5, 'x', $null); deep = @{ b = $true } }
            }
            [pscustomobject]@{
                id = 2; flag = $false; small = -32768; big = [long]::MinValue; price = -99999999999999.9999d; any = 7922816251426433759354395033.5d; ratio = 1.7976931348623157E+308; title = ''; code = ' x'
                bytes = [byte[]]@(); day = [DateOnly]::new(1, 1, 1); clock = [TimeOnly]::MinValue; seen = [datetime]::new(9999, 12, 31); instant = [DateTimeOffset]'1969-12-31T23:59:59.999Z'
                span = [timespan]::Zero; mark = [guid]::Empty; doc = @{}
            }
            [pscustomobject]@{
                id = 3; flag = $null; small = $null; big = $null; price = $null; any = $null; ratio = $null; title = $null; code = $null; bytes = $null; day = $null; clock = $null
                seen = $null; instant = $null; span = $null; mark = $null; doc = $null
            }
        )
        # what a row is, with each value's type and all its digits
        function Get-Exact([object] $Session, [string] $Table) {
            Get-DbBatch -From $Table -Adapter $Session -OrderBy id | ForEach-Object {
                foreach ($property in $_.psobject.Properties) {
                    $value = $property.Value
                    $text = switch ($value) {
                        { $null -eq $_ } { 'null'; break }
                        { $property.Name -eq 'doc' } { ConvertTo-Json $_ -Depth 9 -Compress; break }
                        { $_ -is [byte[]] } { [Convert]::ToHexString($_); break }
                        { $_ -is [decimal] } { ($_ / 1.0000000000000000000000000000d).ToString([cultureinfo]::InvariantCulture); break }
                        { $_ -is [double] } { $_.ToString('R', [cultureinfo]::InvariantCulture); break }
                        { $_ -is [timespan] } { $_.ToString('c'); break }
                        { $_ -is [IFormattable] -and $_ -isnot [ValueType] } { "$_"; break }
                        { $_ -is [datetime] -or $_ -is [DateTimeOffset] -or $_ -is [DateOnly] -or $_ -is [TimeOnly] } { $_.ToString('O', [cultureinfo]::InvariantCulture); break }
                        default { "$_" }
                    }
                    "$($property.Name): $(if ($null -ne $value) { $value.GetType().Name }) $text"
                }
            }
        }
    }
    AfterAll { Close-TestSession $sql; Close-TestSession $mongo }

    It 'brings back every type as it was' {
        Skip-WithoutServer ($sql -and $mongo)
        $null = New-DbTable kinds -Adapter sql -ColumnType $types -Key id
        ($rows | Save-DbBatch -Into kinds -Adapter sql).Rows | Should -Be 3
        $there = Copy-DbBatch -FromAdapter sql -From kinds -IntoAdapter mongo -Into kinds -CreateTable -Key id
        $back = Copy-DbBatch -FromAdapter mongo -From kinds -IntoAdapter sql -Into kinds_back -CreateTable -Key id
        $there.Rows, $back.Rows | Should -Be 3, 3

        $before = Get-Exact $sql kinds
        $before.Count | Should -Be (3 * $types.Count)
        Compare-Object $before (Get-Exact $mongo kinds) | Should -BeNullOrEmpty
        Compare-Object $before (Get-Exact $sql kinds_back) | Should -BeNullOrEmpty
        $columns = (Get-DbTable kinds -Adapter sql).Columns
        foreach ($column in (Get-DbTable kinds_back -Adapter sql).Columns) {
            "$($column.Name) $($column.Type)" | Should -Be "$($column.Name) $(($columns | Where-Object Name -EQ $column.Name).Type)"
        }
    }

    It 'takes a field that appears late along' {
        Skip-WithoutServer ($sql -and $mongo)
        $null = 1..1500 | ForEach-Object { $row = [ordered]@{ id = $_; v = "v$_" }; if ($_ -eq 1400) { $row.late = 'here' }; [pscustomobject]$row } |
            Save-DbBatch -Into loose -Adapter mongo -CreateTable -Key id
        (Copy-DbBatch -FromAdapter mongo -From loose -IntoAdapter sql -Into loose -CreateTable -Key id -OnNewColumn Add).Rows | Should -Be 1500
        (Get-DbBatch -From loose -Adapter sql -Where { $_.late -ne $null }).id | Should -Be 1400
        (Get-DbBatch -From loose -Adapter sql -Where @{ late = 'here' }).v | Should -Be 'v1400'
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
