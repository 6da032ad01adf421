BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'Get-DbBatch on <Type>' -ForEach $TestAdapters {
    BeforeAll {
        $session = Open-TestSession $Type
        if ($session) {
            $null = Import-Csv (Join-Path $PSScriptRoot ../../examples/data/airports.csv) |
                Save-DbBatch -Into airports -Key faa -CreateTable -NullText NA -ColumnType @{ lat = 'double'; lon = 'double'; alt = 'int'; tz = 'int' }
            $airports = Import-Csv (Join-Path $PSScriptRoot ../../examples/data/airports.csv)
        }
    }
    AfterAll { Close-TestSession $session }
    BeforeEach { Skip-WithoutServer $session }

    It 'reads all rows, each value as it was written' {
        $rows = @(Get-DbBatch -From airports -OrderBy faa)
        $rows.Count | Should -Be 1458
        $expected = $airports | Sort-Object faa -CaseSensitive -Culture ''
        $seen = @{}
        foreach ($row in $rows) { $seen[$row.faa] = $row }
        foreach ($one in $expected) {
            $row = $seen[$one.faa]
            "$($row.name)|$($row.alt)|$($row.tz)|$($row.dst)" | Should -BeExactly "$($one.name)|$($one.alt)|$($one.tz)|$($one.dst)"
            $row.lat | Should -Be ([double]$one.lat)
        }
    }

    It 'filters by hashtable: equality, a list, null' {
        (Get-DbBatch -From airports -Where @{ faa = 'JFK' }).name | Should -Be 'John F Kennedy Intl'
        (Get-DbBatch -From airports -Where @{ faa = 'JFK', 'LGA' } -OrderBy faa).faa | Should -Be 'JFK', 'LGA'
        @(Get-DbBatch -From airports -Where @{ tzone = $null }).Count | Should -Be ($airports | Where-Object tzone -eq NA).Count
    }

    It 'filters by script block, as the quick start does' {
        $rows = Get-DbBatch -From airports -Where { $_.tzone -in 'America/New_York', 'America/Chicago' -and $_.alt -ge 500 } -OrderBy faa -First 10
        $rows.faa | Should -Be ($airports | Where-Object { $_.tzone -in 'America/New_York', 'America/Chicago' -and [int]$_.alt -ge 500 } | Sort-Object faa | Select-Object -First 10).faa
    }

    It 'knows -Where as -Filter' {
        (Get-DbBatch -From airports -Filter @{ faa = 'JFK' }).faa | Should -Be 'JFK'
    }

    It 'picks and renames columns, in the order asked for' {
        $row = Get-DbBatch -From airports -Where @{ faa = 'JFK' } -Property name, @{ height = 'alt' }, faa
        $row.psobject.Properties.Name | Should -Be 'name', 'height', 'faa'
        $row.height | Should -Be 13
    }

    It 'orders, skips and ends' {
        $expected = ($airports | Sort-Object @{ Expression = { [int]$_.alt }; Descending = $true }, faa).faa
        (Get-DbBatch -From airports -OrderBy @{ alt = 'Descending' }, faa -Skip 3 -First 5).faa | Should -Be $expected[3..7]
        (Get-DbBatch -From airports -OrderBy ([ordered]@{ alt = 'Desc'; faa = 'Asc' }) -First 1).faa | Should -Be $expected[0]
        @(Get-DbBatch -From airports -First 0).Count | Should -Be 0
        @(Get-DbBatch -From airports -OrderBy faa -Skip 1450).Count | Should -Be 8
    }

    It 'gives <As>' -ForEach @(
        @{ As = 'Row'; Is = { $args[0] -isnot [Management.Automation.PSCustomObject] -and $args[0].faa -eq 'JFK' } }
        @{ As = 'PSCustomObject'; Is = { $args[0] -is [Management.Automation.PSCustomObject] -and $args[0].faa -eq 'JFK' } }
        @{ As = 'Hashtable'; Is = { $args[0] -is [Collections.IDictionary] -and $args[0].faa -eq 'JFK' } }
        @{ As = 'DataTable'; Is = { $args[0] -is [Data.DataTable] -and $args[0].Rows.Count -eq 1 -and $args[0].Rows[0].faa -eq 'JFK' } }
        @{ As = 'SingleValue'; Is = { $args[0] -eq 'JFK' } }
    ) {
        $result = Get-DbBatch -From airports -Where @{ faa = 'JFK' } -As $As
        & $Is $result | Should -BeTrue
    }

    It 'gives rows that can be changed, also to null' {
        $row = Get-DbBatch -From airports -Where @{ faa = 'JFK' }
        $row.alt = $null
        $row.alt | Should -BeNullOrEmpty
        $row.name = 'new'
        $row.name | Should -Be 'new'
    }

    It 'stops early, and the session goes on' {
        (Get-DbBatch -From airports | Select-Object -First 2).Count | Should -Be 2
        foreach ($row in Get-DbBatch -From airports) { break }
        (Measure-DbBatch -From airports).Count | Should -Be 1458
        Use-DbTransaction { (Get-DbBatch -From airports | Select-Object -First 2).Count; (Measure-DbBatch -From airports).Count } | Should -Be 2, 1458
    }

    It 'reads while it is read' {
        $pairs = Get-DbBatch -From airports -First 3 -OrderBy faa | ForEach-Object { "$($_.faa) $((Get-DbBatch -From airports -Where @{ faa = $_.faa }).faa)" }
        $pairs | Should -Be '04G 04G', '06A 06A', '06C 06C'
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a table that is missing'; Id = 'NotFound'; Call = { Get-DbBatch -From missing } }
        @{ Name = 'a column that is missing'; Id = 'ColumnNotFound'; Call = { Get-DbBatch -From airports -Property nope } }
        @{ Name = 'a column to order by that is missing'; Id = 'ColumnNotFound'; Call = { Get-DbBatch -From airports -OrderBy nope } }
        @{ Name = 'a column to filter by that is missing'; Id = 'ColumnNotFound'; Call = { Get-DbBatch -From airports -Where @{ nope = 1 } } }
        @{ Name = 'a direction that is none'; Id = 'InvalidArgument'; Call = { Get-DbBatch -From airports -OrderBy @{ alt = 'Down' } } }
        @{ Name = 'several columns without an order'; Id = 'InvalidArgument'; Call = { Get-DbBatch -From airports -OrderBy @{ alt = 'Descending'; faa = 'Descending' } } }
        @{ Name = 'two columns of one name'; Id = 'InvalidArgument'; Call = { Get-DbBatch -From airports -Property faa, @{ faa = 'name' } } }
        @{ Name = 'a table name that is none'; Id = 'InvalidArgument'; Call = { Get-DbBatch -From 'a."b' } }
        @{ Name = 'a filter that is none'; Id = 'InvalidArgument'; Call = { Get-DbBatch -From airports -Where 'faa = 1' } }
        @{ Name = 'a block that calls a method'; Id = 'InvalidArgument'; Call = { Get-DbBatch -From airports -Where { $_.name.StartsWith('J') } } }
        @{ Name = 'a block with an undefined variable'; Id = 'InvalidArgument'; Call = { Get-DbBatch -From airports -Where { $_.name -eq $thereIsNoSuchVariable } } }
    ) {
        (Get-Failure $Call).FullyQualifiedErrorId | Should -BeLike "DbConductor.$Id,*"
    }

    It 'goes to the schema that is given, or stands before the dot' {
        $schema = Get-TestSchema $session
        (Get-DbBatch -From airports -Schema $schema -Where @{ faa = 'JFK' }).faa | Should -Be 'JFK'
        (Get-DbBatch -From "$schema.airports" -Where @{ faa = 'JFK' }).faa | Should -Be 'JFK'
    }

    It 'streams: the first row is there long before the last could be' {
        Reset-TestTable $session wide @{ id = 'int' }
        $null = 1..20000 | ForEach-Object { [pscustomobject]@{ id = $_ } } | Save-DbBatch -Into wide
        $seen = 0
        Get-DbBatch -From wide | ForEach-Object { $seen++; $_ } | Select-Object -First 1 | Out-Null
        $seen | Should -Be 1
        Remove-TestTable $session wide
    }

    It 'says on Verbose what was done' {
        $streams = Get-DbBatch -From airports -First 2 -Verbose 4>&1
        "$($streams.Where{ $_ -is [Management.Automation.VerboseRecord] })" | Should -BeLike '*get*airports*'
    }

    Context 'Measure-DbBatch' {
        It 'counts' {
            $count = Measure-DbBatch -From airports
            $count.Count | Should -Be 1458
            $count.Table | Should -Be 'airports'
            (Measure-DbBatch airports -Where { $_.alt -gt 5000 }).Count | Should -Be ($airports | Where-Object { [int]$_.alt -gt 5000 }).Count
            (Get-Failure { Measure-DbBatch missing }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotFound,*'
        }
    }
}
