BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'Join-DbBatch on <Type>' -ForEach $TestAdapters {
    BeforeAll {
        $session = Open-TestSession $Type
        if ($session) {
            $null = Import-Csv (Join-Path $PSScriptRoot ../../examples/data/airports.csv) |
                Save-DbBatch -Into airports -Key faa -CreateTable -NullText NA -ColumnType @{ lat = 'double'; lon = 'double'; alt = 'int'; tz = 'int' }
            $flights = @{ flight = 1; dest = 'IAH' }, @{ flight = 2; dest = 'BQN' }, @{ flight = 3; dest = $null }, @{ flight = 4; dest = 'IAH' }
            $stash = $flights | Save-DbStash flights
        }
    }
    AfterAll { Close-TestSession $session }
    BeforeEach { Skip-WithoutServer $session }

    It 'joins <Kind> rows of a stash with a table' -ForEach @(
        @{ Kind = 'Inner'; Expected = '1 IAH George Bush Intercontinental', '4 IAH George Bush Intercontinental' }
        @{ Kind = 'Left'; Expected = '1 IAH George Bush Intercontinental', '2 BQN ', '3  ', '4 IAH George Bush Intercontinental' }
        @{ Kind = 'Semi'; Expected = '1 IAH ', '4 IAH ' }
        @{ Kind = 'Anti'; Expected = '2 BQN ', '3  ' }
    ) {
        $rows = Join-DbBatch -Left $stash -Right airports -On @{ dest = 'faa' } -JoinType $Kind
        $rows | Sort-Object flight | ForEach-Object { "$($_.flight) $($_.dest) $($_.name)" } | Should -Be $Expected
    }

    It 'gives all airports once with <Kind>' -ForEach @(@{ Kind = 'Right'; Unmatched = 1457 }, @{ Kind = 'Full'; Unmatched = 1457 }) {
        $rows = Join-DbBatch -Left $stash -Right airports -On @{ dest = 'faa' } -JoinType $Kind
        @($rows | Where-Object { $null -eq $_.flight }).Count | Should -Be $Unmatched
    }

    It 'joins piped rows, picks columns and renames them' {
        $rows = @(@{ code = 'JFK' }, @{ code = 'XXX' } | Join-DbBatch -Right @{ From = 'airports'; Where = { $_.alt -lt 100 }; Property = 'faa', 'name' } -On @{ code = 'faa' } -Property @{ airport = 'name' })
        $rows.Count | Should -Be 1
        $rows[0].PSObject.Properties.Name | Should -Be 'airport'
        $rows[0].airport | Should -Be 'John F Kennedy Intl'
    }

    It 'writes into a table as a whole' {
        $plan = Join-DbBatch -Left $stash -Right (Get-DbTable airports) -On @{ dest = 'faa' } -Property flight, name -Into joined -CreateTable -PlanOnly
        $plan.Columns.Target | Should -Be 'flight', 'name'
        Get-DbTable joined -ErrorAction Ignore | Should -BeNullOrEmpty
        $result = Join-DbBatch -Left $stash -Right airports -On @{ dest = 'faa' } -JoinType Left -Property flight, name -Into joined -CreateTable
        $result.Rows, $result.Operation | Should -Be 4, 'Join'
        $result.Path | Should -BeLike 'embedded join (*), *'
        (Get-DbBatch joined -Where @{ flight = 1 }).name | Should -Be 'George Bush Intercontinental'
    }

    It 'uses temporary files where memory is short' {
        $result = Get-DbBatch airports | Join-DbBatch -Right @{ From = 'airports'; Property = 'faa', 'alt' } -On faa -MemoryLimit 1KB -Into spilled -CreateTable
        $result.Rows | Should -Be 1458
        $result.Path | Should -BeLike 'embedded join by temporary files (*), *'
    }

    It 'lets the database join its own tables, and says so' {
        $result = Join-DbBatch -Left airports -Right @{ From = 'airports'; Property = 'faa', 'alt'; Where = { $_.alt -gt 5000 } } -On faa -Into high -CreateTable
        $expected = if ($Type -eq 'MongoDb') { 'embedded join (the database joins nothing itself)' } else { 'join pushed down' }
        $result.Path | Should -BeLike "$expected, *"
        $result.Rows | Should -Be (Measure-DbBatch airports -Where { $_.alt -gt 5000 }).Count
        (Get-DbBatch high -Where @{ faa = 'DEN' }).alt_right | Should -Be 5431
        $said = Join-DbBatch -Left airports -Right airports -On faa -JoinType Semi -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] -and "$_" -like "*$expected" }
        @($said).Count | Should -Be 1
    }

    It 'reads a file with types, null texts and picked columns' {
        $file = Join-Path $PSScriptRoot ../../examples/data/flights-2013-01-01.csv
        $side = @{ Path = $file; NullText = 'NA'; ColumnType = @{ flight = 'int'; arr_delay = 'int' }; Property = 'flight', 'carrier', 'dest', @{ delay = 'arr_delay' } }
        $rows = @(Join-DbBatch -Left $side -Right airports -On @{ dest = 'faa' } -Property flight, delay, name)
        $rows.Count | Should -Be 816
        $rows[0].flight | Should -BeOfType [int]
        ($rows.delay | Measure-Object -Sum).Sum | Should -BeOfType [double]
        @($rows | Where-Object { $null -eq $_.delay }).Count | Should -BeGreaterThan 0
        (Get-Failure { Join-DbBatch -Left @{ Path = $file; ColumnType = @{ dest = 'int' } } -Right airports -On @{ flight = 'faa' } }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidData,*'
        (Get-Failure { Join-DbBatch -Left @{ From = 'airports'; NullText = 'NA' } -Right airports -On faa }).Exception.Message | Should -BeLike '*for files*'
    }

    It 'filters files by the words of -Where' {
        $days = './examples/data/flights-2013-01-0[12].csv'
        $late = 60
        $side = @{ Path = Join-Path $PSScriptRoot "../../$days"; NullText = 'NA'; ColumnType = @{ dep_delay = 'int' }; Where = { $_.dep_delay -gt $late -and $_.origin -in 'JFK', 'LGA' }; Property = 'dest', 'flight' }
        $rows = @(Join-DbBatch -Left $side -Right airports -On @{ dest = 'faa' } -JoinType Left -Property dest, flight)
        $rows.Count | Should -Be @((Get-Item $side.Path).FullName | Import-Csv | Where-Object { $_.dep_delay -ne 'NA' -and [int] $_.dep_delay -gt 60 -and $_.origin -in 'JFK', 'LGA' }).Count
        $rows.Count | Should -BeGreaterThan 10
        @(Join-DbBatch -Left @{ Path = $side.Path; Where = @{ dest = 'IAH', 'nope' } } -Right airports -On @{ dest = 'faa' }).dest | Select-Object -Unique | Should -Be IAH
        (Get-Failure { Join-DbBatch -Left @{ Path = $side.Path; Where = { $_.nope -eq 1 } } -Right airports -On @{ dest = 'faa' } }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.ColumnNotFound,*'
    }

    It 'reads the files of a wildcard or a folder as one table' {
        $days = Join-Path $PSScriptRoot '../../examples/data/flights-2013-01-0[12].csv'
        @(Join-DbBatch -Left $days -Right airports -On @{ dest = 'faa' } -JoinType Left).Count | Should -Be (842 + 943)
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))
        Set-Content (Join-Path $folder a.jsonl) '{"dest":"IAH"}', '{"dest":"BQN","late":5}'
        Set-Content (Join-Path $folder b.jsonl) '{"on_time":true,"dest":"MIA"}'
        $rows = Join-DbBatch -Left @{ Path = $folder; Property = 'dest', 'late', 'on_time' } -Right airports -On @{ dest = 'faa' } -JoinType Left | Sort-Object dest
        $rows.ForEach({ "$($_.dest) $($_.late) $($_.on_time) $($_.name)" }) | Should -Be 'BQN 5  ', 'IAH   George Bush Intercontinental', 'MIA  True Miami Intl'
        (Get-Failure { Join-DbBatch -Left "$folder/none*.csv" -Right airports -On @{ dest = 'faa' } }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotFound*'
    }

    It 'refuses piped keys whose type the other side''s never equals, and takes mixed ones as they are' {
        $null = @{ n = 1; m = 'a' } | Save-DbStash numbered -ColumnType @{ n = 'int' }
        $failure = Get-Failure { [pscustomobject]@{ n = '1' }, [pscustomobject]@{ n = $null } | Join-DbBatch -Right (Get-DbStash numbered) -On n }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidType,*'
        $failure.Exception.Message | Should -BeLike "*'n' (string)*'n' (int)*"
        (@{ n = 1.0 }, @{ n = 2 } | Join-DbBatch -Right (Get-DbStash numbered) -On n).m | Should -Be a
        (@{ n = 'x' }, @{ n = 1 } | Join-DbBatch -Right (Get-DbStash numbered) -On n).m | Should -Be a
    }

    It 'refuses what makes no join' {
        (Get-Failure { Join-DbBatch -Right airports -On faa }).Exception.Message | Should -BeLike '*one left side*'
        (Get-Failure { @{ a = 1 } | Join-DbBatch -Left airports -Right airports -On faa }).Exception.Message | Should -BeLike '*one left side*'
        (Get-Failure { Join-DbBatch -Left airports -Right airports -On nope }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.ColumnNotFound,*'
        # a key of a collection that was not declared with a type holds any, and compares with all
        if ($Type -ne 'MongoDb') { (Get-Failure { Join-DbBatch -Left airports -Right airports -On @{ faa = 'alt' } }).Exception.Message | Should -BeLike '*cannot be compared*' }
        (Get-Failure { Join-DbBatch -Left airports -Right @{ Table = 'x' } -On faa }).Exception.Message | Should -BeLike "*'Table'*"
    }
}
