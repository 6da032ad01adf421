BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'Save-DbBatch on <Type>' -ForEach $SqlTestAdapters {
    BeforeAll { $session = Open-TestSession $Type }
    AfterAll { Close-TestSession $session }
    BeforeEach {
        Skip-WithoutServer $session
        Invoke-DbQuery 'drop table if exists t; create table t (id int not null primary key, v varchar(20), n int not null default 7)' | Out-Null
        function New-Row([int] $Id, $V = 'x') { [pscustomobject]@{ id = $Id; v = $V } }
    }

    Context 'what it takes' {
        It 'writes one object' {
            $result = New-Row 1 | Save-DbBatch -Into t
            $result.Rows | Should -Be 1
            $result.Status | Should -Be 'Saved'
            $result.Table | Should -Be 't'
            $result.Adapter | Should -Be 'default'
            $result.Operation | Should -Be 'Save'
            $result.Commits | Should -Be 1
            $result.Elapsed | Should -BeGreaterThan ([TimeSpan]::Zero)
            $result.RowsPerSecond | Should -BeGreaterThan 0
            $result.Path | Should -Not -BeNullOrEmpty
            (Get-DbBatch -From t).v | Should -Be 'x'
        }

        It 'writes <Name>' -ForEach @(
            @{ Name = 'hashtables'; Make = { @{ id = 1; v = 'a' }; @{ id = 2; v = 'b' } } }
            @{ Name = 'ordered dictionaries'; Make = { [ordered]@{ id = 1; v = 'a' }; [ordered]@{ v = 'b'; id = 2 } } }
            @{ Name = 'objects of differing shapes'; Make = { [pscustomobject]@{ id = 1; v = 'a' }; @{ v = 'b'; id = 2 } } }
            @{ Name = 'a piped DataTable'; Make = { $d = [Data.DataTable]::new(); $d.Columns.AddRange(@([Data.DataColumn]::new('id', [int]), [Data.DataColumn]::new('v'))); $null = $d.Rows.Add(1, 'a'); $null = $d.Rows.Add(2, 'b'); , $d } }
            @{ Name = 'a reader'; Make = { , (Invoke-DbQuery "select 1 as id, 'a' as v union all select 2, 'b'" -As DataTable).CreateDataReader() } }
        ) {
            (. $Make | Save-DbBatch -Into t).Rows | Should -Be 2
            (Get-DbBatch -From t -OrderBy id).v | Should -Be 'a', 'b'
        }

        It 'writes a list given as -InputObject' {
            (Save-DbBatch -Into t -InputObject @((New-Row 1), (New-Row 2))).Rows | Should -Be 2
        }

        It 'writes nothing for an empty pipeline, without an error' {
            $result = @() | Save-DbBatch -Into t
            $result.Rows | Should -Be 0
            $result.Status | Should -Be 'Saved'
        }

        It 'creates nothing for an empty pipeline without -ColumnType, and says so' {
            $verbose = @() | Save-DbBatch -Into fresh -CreateTable -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }
            "$verbose" | Should -BeLike '*not created*'
            Get-DbTable f* | Should -BeNullOrEmpty
        }

        It 'creates the table for an empty pipeline with -ColumnType' {
            $result = @() | Save-DbBatch -Into empty1 -CreateTable -ColumnType ([ordered]@{ id = 'int'; v = 'string' }) -Key id
            $result.Rows | Should -Be 0
            (Get-DbTable empty1).Columns.Name | Should -Be 'id', 'v'
            Invoke-DbQuery 'drop table empty1'
        }

        It 'binds nothing but rows from the pipeline: <_> is data' -ForEach 'adapter', 'key', 'mode', 'into', 'schema', 'name', 'inputobject', 'whatif' {
            $null = [pscustomobject]@{ id = 1; $_ = 'data' } | Save-DbBatch -Into bound -CreateTable
            (Get-DbBatch -From bound).$_ | Should -Be 'data'
            Invoke-DbQuery 'drop table bound'
        }

        It 'refuses <Name> as a row' -ForEach @(
            @{ Name = 'null'; Row = $null }, @{ Name = 'a number'; Row = 5 }, @{ Name = 'a text'; Row = 'abc' }
        ) {
            $failure = Get-Failure { New-Row 1; $Row | Save-DbBatch -Into t }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidData,*'
            "$failure" | Should -BeLike 'Row 1*'
        }

        It 'keeps nested objects as JSON, and refuses circular ones' {
            $null = [pscustomobject]@{ id = 1; doc = @{ a = 1, 2; b = @{ c = 'x' } } } | Save-DbBatch -Into nested -CreateTable -ColumnType @{ doc = 'json' }
            $doc = (Get-DbBatch -From nested).doc
            $doc.b.c | Should -Be 'x'
            $doc.a | Should -Be 1, 2
            $circle = [pscustomobject]@{ id = 2; doc = @{ } }
            $circle.doc.self = $circle.doc
            (Get-Failure { $circle | Save-DbBatch -Into nested }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidData,*'
            Invoke-DbQuery 'drop table nested'
        }
    }

    Context 'all or nothing' {
        It 'leaves nothing of a batch with <Name>: <Id>' -ForEach @(
            @{ Name = 'a duplicate key'; Id = 'DuplicateKey'; Bad = { New-Row 1 } }
            @{ Name = 'null in a not-null column'; Id = '*'; Bad = { [pscustomobject]@{ id = $null; v = 'x' } } }
            @{ Name = 'an overflow'; Id = 'InvalidData'; Bad = { [pscustomobject]@{ id = 1e20d } } }
            @{ Name = 'a property that no row had before'; Id = 'ColumnNotFound'; Bad = { [pscustomobject]@{ id = 5000; nope = 'x' } } }
            @{ Name = 'a text that is too long'; Id = 'InvalidData'; Bad = { New-Row 5000 ('x' * 21) } }
            @{ Name = 'a text that is no number'; Id = 'InvalidData'; Bad = { [pscustomobject]@{ id = 'abc' } } }
        ) {
            $failure = Get-Failure { & { 1..2500 | ForEach-Object { New-Row $_ }; . $Bad; 3000..3100 | ForEach-Object { New-Row $_ } } | Save-DbBatch -Into t }
            $failure.FullyQualifiedErrorId | Should -BeLike "DbConductor.$Id,*"
            $failure.CategoryInfo.Category | Should -BeIn 'InvalidData', 'ResourceExists', 'InvalidType', 'ObjectNotFound'
            (Measure-DbBatch -From t).Count | Should -Be 0
        }

        It 'names row and column of a value that does not fit, but not the value' {
            $failure = Get-Failure { (New-Row 1), [pscustomobject]@{ id = 'Hastings' } | Save-DbBatch -Into t }
            "$failure" | Should -BeLike '*2*'
            "$failure" | Should -BeLike '*id*'
            "$failure" | Should -Not -BeLike '*Hastings*'
        }

        It 'has the object that does not fit as its target, or the table where that object has gone by' {
            # the table of a column, since rows are sent when many are there
            (Get-Failure { (New-Row 1), [pscustomobject]@{ id = 'x' }, (New-Row 3) | Save-DbBatch -Into t }).TargetObject | Should -Be 't'
            (Get-Failure { (New-Row 1), [pscustomobject]@{ id = 'x' } | Save-DbBatch -Into t }).TargetObject.id | Should -Be 'x'
            # what no column can hold is seen as it comes
            (Get-Failure { (New-Row 1), [pscustomobject]@{ id = [Threading.Thread]::CurrentThread }, (New-Row 3) | Save-DbBatch -Into t }).TargetObject.id | Should -BeOfType ([Threading.Thread])
            (Get-Failure { [pscustomobject]@{ id = 'x' } | Remove-DbBatch -From t }).TargetObject.id | Should -Be 'x'
            (Get-Failure { Get-DbBatch -From t -Where @{ id = 'x' } }).TargetObject | Should -Be 't'
        }

        It 'refuses a property without a column' {
            $failure = Get-Failure { [pscustomobject]@{ id = 1; nope = 2 } | Save-DbBatch -Into t }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.ColumnNotFound,*'
            "$failure" | Should -BeLike '*nope*'
        }

        It 'names the row that is the first to have a property, however late it comes: row <Row>' -ForEach @{ Row = 2049 }, @{ Row = 3000 } {
            $failure = Get-Failure {
                1..4000 | ForEach-Object { $item = @{ id = $_ }; if ($_ -ge $Row) { $item.late = 1 }; if ($_ -gt $Row) { $item.later = 1 }; [pscustomobject]$item } | Save-DbBatch -Into t
            }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.ColumnNotFound,*'
            "$failure" | Should -BeLike "Row $Row is the first to have a column 'late'*"
            (Measure-DbBatch -From t).Count | Should -Be 0
        }

        It 'fills a column without a value with its default' {
            $null = New-Row 1 | Save-DbBatch -Into t
            (Get-DbBatch -From t).n | Should -Be 7
        }

        It 'says -CreateTable where the table is missing' {
            $failure = Get-Failure { New-Row 1 | Save-DbBatch -Into missing }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotFound,*'
            "$failure" | Should -BeLike '*-CreateTable*'
        }

        It 'commits nothing before the pipeline has ended well: an error after <Rows> rows' -ForEach @{ Rows = 5 }, @{ Rows = 4000 } {
            "$(Get-Failure { 1..5000 | ForEach-Object { if ($_ -gt $Rows) { throw 'upstream' }; New-Row $_ } | Save-DbBatch -Into t })" | Should -Be 'upstream'
            (Measure-DbBatch -From t).Count | Should -Be 0
            (New-Row 1 | Save-DbBatch -Into t).Rows | Should -Be 1
        }

        It 'keeps what it committed with -CommitEvery' {
            $failure = Get-Failure { & { 1..2500 | ForEach-Object { New-Row $_ }; New-Row 1 } | Save-DbBatch -Into t -CommitEvery 1000 }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.DuplicateKey,*'
            (Measure-DbBatch -From t).Count | Should -Be 2000
        }

        It 'refuses -CommitEvery in a transaction' {
            (Get-Failure { Use-DbTransaction { New-Row 1 | Save-DbBatch -Into t -CommitEvery 10 } }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument,*'
        }

        It 'runs out of time as a whole' {
            $failure = Get-Failure { 1..3 | ForEach-Object { Start-Sleep -Milliseconds 700; New-Row $_ } | Save-DbBatch -Into t -Timeout 1 }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.Timeout,*'
            $failure.CategoryInfo.Category | Should -Be 'OperationTimeout'
            (Measure-DbBatch -From t).Count | Should -Be 0
        }
    }

    Context 'modes' {
        BeforeEach { $null = (New-Row 1 'old'), (New-Row 2 'old') | Save-DbBatch -Into t }

        It 'upserts the given columns only' {
            $null = Invoke-DbQuery 'update t set n = 9 where id = 1'
            (((New-Row 1 'new'), (New-Row 3 'new')) | Save-DbBatch -Into t -Mode Upsert).Rows | Should -Be 2
            Get-DbBatch -From t -OrderBy id | ForEach-Object { "$($_.id) $($_.v) $($_.n)" } | Should -Be '1 new 9', '2 old 7', '3 new 7'
        }

        It 'skips what is there' {
            $result = (New-Row 1 'new'), (New-Row 3 'new') | Save-DbBatch -Into t -Mode SkipExisting
            $result.Rows | Should -Be 1
            $result.Skipped | Should -Be 1
            (Get-DbBatch -From t -OrderBy id).v | Should -Be 'old', 'old', 'new'
        }

        It 'replaces the whole table' {
            (New-Row 5 'new' | Save-DbBatch -Into t -Mode Overwrite).Rows | Should -Be 1
            (Get-DbBatch -From t).id | Should -Be 5
        }

        It 'takes the last of rows with the same key' {
            $null = (New-Row 1 'first'), (New-Row 1 'last') | Save-DbBatch -Into t -Mode Upsert -Key id
            (Get-DbBatch -From t -Where @{ id = 1 }).v | Should -Be 'last'
        }

        It 'refuses a mode that does not exist' {
            (Get-Failure { New-Row 1 | Save-DbBatch -Into t -Mode Replace }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
        }
    }

    Context 'real input' {
        It 'creates a table from CSV with declared types' {
            $airports = Join-Path $PSScriptRoot ../../examples/data/airports.csv
            $result = Import-Csv $airports | Save-DbBatch -Into airports -Key faa -CreateTable -NullText NA -ColumnType @{ lat = 'double'; lon = [double]; alt = 'int'; tz = 'int' }
            $result.Rows | Should -Be 1458
            $result.Created | Should -BeTrue
            $table = Get-DbTable airports
            $table.Key | Should -Be 'faa'
            $table.Columns.Where{ $_.Name -eq 'lat' }.Type | Should -Be 'double'
            (Get-DbBatch -From airports -Where @{ faa = 'JFK' }).alt | Should -Be 13
            (Measure-DbBatch -From airports -Where @{ tzone = $null }).Count | Should -Be (Import-Csv $airports | Where-Object tzone -eq 'NA').Count
            Invoke-DbQuery 'drop table airports'
        }

        It 'keeps names with <Name>' -ForEach @(
            @{ Name = 'quotes'; Column = 'it''s "so"' }, @{ Name = 'spaces'; Column = 'two words' }, @{ Name = 'other scripts'; Column = 'Größe 高さ' }
            @{ Name = 'keywords'; Column = 'select' }, @{ Name = 'an injection'; Column = 'x"; drop table t; --' }
        ) {
            $table = '"' + $Column.Replace('"', '""') + '"'
            $null = [pscustomobject]@{ $Column = 5; id = 1 } | Save-DbBatch -Into $table -CreateTable
            $row = Get-DbBatch -From $table -Where @{ $Column = 5 } -OrderBy $Column
            $row.$Column | Should -Be 5
            (Measure-DbBatch -From t).Count | Should -Be 0
        }
    }

    Context 'the same session in the pipeline' {
        It 'reads, transforms and writes back outside a transaction' {
            $null = 1..3000 | ForEach-Object { New-Row $_ 'old' } | Save-DbBatch -Into t
            $result = Get-DbBatch -From t | ForEach-Object { $_.v = "new $($_.id)"; $_ } | Save-DbBatch -Into t -Mode Upsert
            $result.Rows | Should -Be 3000
            (Measure-DbBatch -From t -Where @{ v = 'old' }).Count | Should -Be 0
        }
    }

    Context '-WhatIf and -PlanOnly' {
        It 'prints the plan and writes nothing with -WhatIf' {
            1..3 | ForEach-Object { [pscustomobject]@{ id = $_; price = 1.5d } } | Save-DbBatch -Into planned -CreateTable -WhatIf | Should -BeNullOrEmpty
            Get-DbTable p* | Should -BeNullOrEmpty
        }

        It 'returns the plan with -PlanOnly' {
            $plan = 1..3 | ForEach-Object { [pscustomobject]@{ id = $_; price = 1.5d; gone = $null } } | Save-DbBatch -Into planned -CreateTable -Key id -PlanOnly
            $plan.Rows | Should -Be 3
            $plan.Mode | Should -Be 'Insert'
            "$($plan.Ddl)" | Should -BeLike 'CREATE TABLE*planned*'
            $plan.Columns.Target | Should -Be 'id', 'price', 'gone'
            $plan.Columns.SourceType | Should -Be 'long', 'decimal', 'string'
            "$($plan.Warnings)" | Should -BeLike "*'gone'*"
            "$plan" | Should -BeLike 'Insert 3 rows into planned*'
            Get-DbTable p* | Should -BeNullOrEmpty
        }

        It 'plans nothing for a property without a column' {
            (Get-Failure { [pscustomobject]@{ id = 1; nope = 2 } | Save-DbBatch -Into t -PlanOnly }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.ColumnNotFound,*'
        }

        It 'honours $WhatIfPreference' {
            $WhatIfPreference = $true
            New-Row 1 | Save-DbBatch -Into t | Should -BeNullOrEmpty
            $WhatIfPreference = $false
            (Measure-DbBatch -From t).Count | Should -Be 0
        }
    }
}

Describe 'Two writers in one pipeline' {
    BeforeAll { $session = Open-TestSession Sqlite }
    AfterAll { Close-TestSession $session }
    BeforeEach { Invoke-DbQuery 'drop table if exists t; drop table if exists u; create table t (id int primary key); create table u (id int)' | Out-Null }

    It 'fails at once with the remedy where the database has one writer, and nothing is written' {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $failure = Get-Failure { 1..3 | ForEach-Object { $null = @{ id = $_ } | Save-DbBatch -Into u; @{ id = $_ } } | Save-DbBatch -Into t }
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 10
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.Busy,*'
        "$failure" | Should -BeLike '*Use-DbTransaction*'
        (Measure-DbBatch -From t).Count + (Measure-DbBatch -From u).Count | Should -Be 0
    }

    It 'works in a transaction' {
        $null = Use-DbTransaction { 1..3 | ForEach-Object { $null = @{ id = $_ } | Save-DbBatch -Into u; @{ id = $_ } } | Save-DbBatch -Into t }
        (Measure-DbBatch -From t).Count | Should -Be 3
        (Measure-DbBatch -From u).Count | Should -Be 3
    }
}
