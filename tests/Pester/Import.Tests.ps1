BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
    function Set-Text([string] $Path, [string] $Text) { [IO.File]::WriteAllText((Join-Path $PWD $Path), $Text) }
}

Describe 'Import-DbBatch on <Type>' -ForEach $SqlTestAdapters {
    BeforeAll {
        $session = Open-TestSession $Type
        $data = Resolve-Path (Join-Path $PSScriptRoot ../../examples/data)
    }
    AfterAll { Close-TestSession $session }
    BeforeEach {
        Skip-WithoutServer $session
        Push-Location (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid())))
        Invoke-DbQuery 'drop table if exists t' | Out-Null
    }
    AfterEach { Pop-Location }

    It 'creates a table with the types that hold every row' {
        Set-Text a.csv "id,zip,n,big,price,f,on,at,ok,name`n1,007,5,9223372036854775808,1.50,1e3,2024-01-02,2024-01-02T03:04:05Z,true,`"a`nb`"`n2,018,,1,2,NaN,2024-01-03,,FALSE,`"`"`n"
        $plan = Import-DbBatch -Path a.csv -Into t -CreateTable -Key id -PlanOnly
        "$($plan.Columns.SourceType)" | Should -Be 'long string long decimal decimal double date datetimeoffset bool string'
        $plan.Rows | Should -Be 2
        Get-DbTable t* | Should -BeNullOrEmpty
        if ($Type -ne 'PostgreSql') { return } # the others have no NaN
        $result = Import-DbBatch -Path a.csv -Into t -CreateTable -Key id
        $result.Rows, $result.Operation, $result.Created | Should -Be 2, 'Import', $true
        $result.Source | Should -Be (Join-Path $PWD a.csv)
        $rows = Get-DbBatch t -OrderBy id
        $rows[0].zip, $rows[0].big, $rows[0].price, $rows[0].name, $rows[0].on | Should -Be '007', 9223372036854775808, 1.50d, "a`nb", ([DateOnly]'2024-01-02')
        $rows[1].n, $rows[1].at | Should -Be $null, $null
        $rows[1].name | Should -BeExactly ''
    }

    It 'looks at all rows, not only the first ones' {
        Set-Text a.csv ("n`n" + (1..3000 -join "`n") + "`n1.5`n")
        (Import-DbBatch -Path a.csv -Into t -CreateTable).Rows | Should -Be 3001
        (Get-DbTable t).Columns[0].Type | Should -BeLike 'decimal*'
    }

    It 'goes by the types of a table that is there, and refuses with row, column and line' {
        $null = New-DbTable t -ColumnType ([ordered]@{ id = 'int'; name = 'string(3)'; price = 'decimal(6,2)' }) -Key id
        Set-Text a.csv "price,ID,name`n1.5,1,`"a`nb`"`n,2,`n"
        (Import-DbBatch t a.csv).Rows | Should -Be 2
        (Get-DbBatch t -OrderBy id).price | Should -Be 1.5d, $null
        Set-Text bad.csv "price,ID,name`n1.5,3,`"a`nb`"`n1.5,4,word`n"
        $failure = Get-Failure { Import-DbBatch t bad.csv }
        "$failure" | Should -BeLike '*row 2*line 4 of bad.csv*'
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidData,*'
        Set-Text taken.csv "ID,name`n5,a`n1,b`n"
        "$(Get-Failure { Import-DbBatch t taken.csv })" | Should -Not -BeNullOrEmpty
        (Measure-DbBatch t).Count | Should -Be 2
    }

    It 'names the line of a value that does not fit, of the last one too' -ForEach @{ Row = 2 }, @{ Row = 3 } {
        $null = New-DbTable t -ColumnType @{ id = 'int' }
        Set-Text a.csv ("id`n1`n2`n3`n" -replace (3, 2)[$Row -eq 2], 'x')
        "$(Get-Failure { Import-DbBatch -Path a.csv -Into t })" | Should -BeLike "Row $Row, *(row $Row is line $($Row + 1) of a.csv)"
    }

    It 'names the line of <Name>' -ForEach @(
        @{ Name = 'too few values'; File = 'a.csv'; Text = "a,b`n1,`"x`ny`"`n2`n"; Line = 4 }
        @{ Name = 'too many values'; File = 'a.csv'; Text = "a,b`n1,2,3`n"; Line = 2 }
        @{ Name = 'a quote that is not closed'; File = 'a.csv'; Text = "a,b`n1,x`n2,`"y`n3,z`n"; Line = 3 }
        @{ Name = 'a stray quote'; File = 'a.csv'; Text = "a,b`n1,`"x`"y`n"; Line = 2 }
        @{ Name = 'no JSON'; File = 'a.jsonl'; Text = "{`"a`":1}`n`n{`"a`":}`n"; Line = 3 }
        @{ Name = 'no object'; File = 'a.jsonl'; Text = "[{`"a`":1}]`n"; Line = 1 }
        @{ Name = 'a field twice'; File = 'a.jsonl'; Text = "{`"a`":1}`n{`"a`":1,`"a`":2}`n"; Line = 2 }
        @{ Name = 'two objects'; File = 'a.jsonl'; Text = "{`"a`":1}{`"a`":2}`n"; Line = 1 }
    ) {
        Set-Text $File $Text
        "$(Get-Failure { Import-DbBatch -Path $File -Into t -CreateTable })" | Should -BeLike "*Line $Line of '*$File' *"
        Get-DbTable t* | Should -BeNullOrEmpty
    }

    It 'refuses headers with a name twice or none' {
        Set-Text twice.csv "a,A`n1,2`n"
        Set-Text none.csv "a,`n1,2`n"
        Set-Text empty.csv ''
        foreach ($file in 'twice.csv', 'none.csv', 'empty.csv') { (Get-Failure { Import-DbBatch -Path $file -Into t -CreateTable }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidData,*' }
        (Import-DbBatch -Path twice.csv -Into t -CreateTable -Header b, c).Rows | Should -Be 2
    }

    It 'tells null from text' {
        $null = New-DbTable t -ColumnType ([ordered]@{ id = 'int'; name = 'string'; n = 'int' }) -Key id
        Set-Text a.csv "id,name,n`n1,NA,NA`n2,`"NA`",`"NA`"`n3,,`n4,`"`",`n"
        $null = Import-DbBatch t a.csv -NullText NA
        (Get-DbBatch t -OrderBy id).name | Should -BeExactly $null, 'NA', '', ''
        (Get-DbBatch t -OrderBy id).n | Should -Be $null, $null, $null, $null
        $null = Import-DbBatch t a.csv -NullText '', NA -Mode Overwrite
        (Get-DbBatch t -OrderBy id).name | Should -BeExactly $null, 'NA', $null, ''
        "$(Get-Failure { Import-DbBatch t a.csv -Mode Overwrite })" | Should -BeLike '*-NullText*'
    }

    It 'picks and renames columns, and takes files without a header' {
        Set-Text a.csv "code;label;rest`n1;x;y`n"
        (Import-DbBatch -Path a.csv -Into t -CreateTable -Delimiter ';' -Property @{ name = 'label' }, @{ id = 'code' }).Rows | Should -Be 1
        (Get-DbTable t).Columns.Name | Should -Be 'name', 'id'
        Set-Text b.tsv "z`t2`n"
        $null = Import-DbBatch t b.tsv -NoHeader
        (Get-DbBatch t -OrderBy id).name | Should -Be 'x', 'z'
        "$(Get-Failure { Import-DbBatch t a.csv -Delimiter ';' -Property nothing })" | Should -BeLike "*'nothing'*code*"
        "$(Get-Failure { Import-DbBatch t a.csv -Delimiter ';' })" | Should -BeLike "*'code'*"
    }

    It 'reads JSON lines to the last digit, nested values, and fields that come late' {
        [IO.File]::WriteAllText("$PWD/a.jsonl", ('{"id":1,"n":1234567890123456789012345678,"j":{"a":[1,null,"x"]}}', '{"id":2,"d":0.10,"n":null}', '{"id":3,"big":9223372036854775807}' -join "`n"))
        $null = Import-DbBatch -Path a.jsonl -Into t -CreateTable -Key id
        (Get-DbTable t).Columns.Name | Should -Be 'id', 'n', 'j', 'd', 'big'
        $rows = Get-DbBatch t -OrderBy id
        $rows[0].n | Should -Be 1234567890123456789012345678d
        $rows[0].j.a[2] | Should -Be 'x'
        $rows[2].big | Should -Be 9223372036854775807
        # MySQL and MariaDB keep no trailing zeros
        "$($rows[1].d)" | Should -Be $(if ($Type -in 'MySql', 'MariaDb') { '0.1' } else { '0.10' })
    }

    It 'takes files from the pipeline, each with a result' {
        Set-Text 'odd[1].csv' "id`n1`n"
        Set-Text b.csv "id,more`n2,x`n"
        $results = Get-ChildItem -LiteralPath $PWD -Filter *.csv | Sort-Object Name -Descending | Import-DbBatch -Into t -CreateTable
        $results.Rows | Should -Be 1, 1
        (Get-DbBatch t -OrderBy id).more | Should -Be $null, 'x'
        (Import-DbBatch t -LiteralPath 'odd[1].csv').Rows | Should -Be 1
        @(Import-DbBatch t *.nothing).Count | Should -Be 0
        $failures = $null
        @(Import-DbBatch t missing.csv, b.csv -ErrorAction SilentlyContinue -ErrorVariable failures).Count | Should -Be 1
        $failures[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        (Get-Failure { Get-ChildItem *.csv | Import-DbBatch -Into t -Mode Overwrite }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument,*'
        (Get-Failure { 5 | Import-DbBatch -Into t }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument,*'
    }

    It 'reads encodings, and takes no wrong one for text' {
        [IO.File]::WriteAllBytes("$PWD/latin.csv", [Text.Encoding]::Latin1.GetBytes("a`ncaf$([char]0xe9)`n"))
        [IO.File]::WriteAllText("$PWD/utf16.csv", "a`ncaf$([char]0xe9)`n", [Text.Encoding]::Unicode)
        [IO.File]::WriteAllText("$PWD/bom.csv", "a`ncaf$([char]0xe9)`n", [Text.UTF8Encoding]::new($true))
        "$(Get-Failure { Import-DbBatch -Path latin.csv -Into t -CreateTable })" | Should -BeLike '*Line 2 *-Encoding*'
        $null = Import-DbBatch -Path latin.csv -Into t -CreateTable -Encoding latin1
        $null = Import-DbBatch -Path utf16.csv, bom.csv -Into t
        (Get-DbBatch t).a | Should -Be (@("caf$([char]0xe9)") * 3)
    }

    It 'refuses a compressed file that was cut' {
        Copy-Item (Join-Path $data airports.csv) .
        $null = Import-DbBatch -Path airports.csv -Into t -CreateTable -NullText NA
        $null = Export-DbBatch t whole.csv.gz
        $bytes = [IO.File]::ReadAllBytes("$PWD/whole.csv.gz")
        foreach ($less in 1, 8, 1000) {
            [IO.File]::WriteAllBytes("$PWD/cut.csv.gz", $bytes[0..($bytes.Length - 1 - $less)])
            (Get-Failure { Import-DbBatch t cut.csv.gz }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidData,*'
        }
        [IO.File]::WriteAllBytes("$PWD/both.csv.gz", $bytes + $bytes)
        "$(Get-Failure { Import-DbBatch t both.csv.gz })" | Should -BeLike '*line 1460*' -Because 'the second header is no number'
        (Measure-DbBatch t).Count | Should -Be 1458
    }

    It 'comes back the same: <_>' -ForEach 'csv', 'csv.gz', 'tsv', 'jsonl' {
        $null = Import-DbBatch -Path (Join-Path $data airports.csv) -Into t -CreateTable -Key faa -NullText NA
        $null = Update-DbBatch -Into t -Where @{ faa = 'JFK' } -Set @{ name = "a`r`n`"b`",`t c"; tzone = '' }
        $null = Update-DbBatch -Into t -Where @{ faa = 'LGA' } -Set @{ name = $null }
        $null = Export-DbBatch t "first.$_" -OrderBy faa
        $with = if ($_ -eq 'jsonl') { @{} } else { @{ NullText = '' } }
        $null = Import-DbBatch t "first.$_" -Mode Overwrite @with
        $null = Export-DbBatch t "second.$_" -OrderBy faa
        (Get-FileHash "second.$_").Hash | Should -Be (Get-FileHash "first.$_").Hash
        (Get-DbBatch t -Where @{ faa = 'LGA' }).name | Should -BeNullOrEmpty
    }

    It 'rejects bad lines and bad values, and lands the others' {
        $null = New-DbTable t -ColumnType ([ordered]@{ id = 'int'; n = 'int' }) -Key id
        Set-Text a.csv "id,n`n1,5`n2`n3,x`n4,6,7`n5,8`n"
        $result = Import-DbBatch t a.csv -RejectInto refused
        $result.Rows, $result.Rejected | Should -Be 2, 3
        (Get-DbBatch t -OrderBy id).id | Should -Be 1, 5
        $rejects = Get-DbReject refused | Sort-Object Row
        $rejects.Row | Should -Be 2, 3, 4
        "$($rejects[0].Message)" | Should -BeLike '*Line 3 of*a.csv*'
        Invoke-DbQuery 'drop table refused' | Out-Null
        Set-Text a.jsonl "{`"id`":7,`"n`":1}`nnothing`n{`"id`":8}`n"
        $result = Import-DbBatch t a.jsonl -RejectPath refused.jsonl
        $result.Rows, $result.Rejected | Should -Be 2, 1
        Get-Content refused.jsonl | Should -BeLike '*nothing*'
    }

    It 'takes fields that come late: the table''s own, and new ones by -OnNewColumn' {
        $null = New-DbTable t -ColumnType ([ordered]@{ id = 'int'; n = 'int' }) -Key id
        Set-Text a.jsonl "{`"id`":1}`n{`"id`":2,`"n`":5}`n"
        (Import-DbBatch t a.jsonl).Rows | Should -Be 2
        (Get-DbBatch t -OrderBy id).n | Should -Be $null, 5
        Set-Text b.jsonl "{`"id`":3}`n{`"id`":4,`"x`":1.5,`"y`":`"a`"}`n"
        $failure = Get-Failure { Import-DbBatch t b.jsonl }
        "$failure" | Should -BeLike "*Row 2*'x'*-OnNewColumn*"
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.ColumnNotFound,*'
        "$(Get-Failure { Import-DbBatch t b.jsonl -OnNewColumn Json })" | Should -BeLike '*other_columns*'
        (Measure-DbBatch t).Count | Should -Be 2
        Set-Text bad.jsonl "{`"id`":3}`n{`"id`":1,`"x`":1.5}`n"
        $null = Get-Failure { Import-DbBatch t bad.jsonl -OnNewColumn Add }
        (Measure-DbBatch t).Count | Should -Be 2
        $null = Import-DbBatch t b.jsonl -OnNewColumn Add
        (Get-DbBatch t -Where @{ id = 4 }).x | Should -Be 1.5
        (Get-DbBatch t -Where @{ id = 4 }).y | Should -Be 'a'
        (Get-DbBatch t -Where @{ id = 3 }).x | Should -Be $null
        Invoke-DbQuery 'drop table t' | Out-Null
        $null = New-DbTable t -ColumnType ([ordered]@{ id = 'int'; other_columns = 'json' }) -Key id
        $null = Import-DbBatch t b.jsonl -OnNewColumn Json
        (Get-DbBatch t -Where @{ id = 4 }).other_columns.y | Should -Be 'a'
        (Get-DbBatch t -Where @{ id = 3 }).other_columns | Should -BeNullOrEmpty
    }

    It 'is part of a transaction' {
        Set-Text a.csv "id`n1`n"
        $null = Import-DbBatch -Path a.csv -Into t -CreateTable
        $null = Get-Failure { Use-DbTransaction { $null = Import-DbBatch t a.csv; throw 'no' } }
        (Measure-DbBatch t).Count | Should -Be 1
    }
}
