BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'Export-DbBatch on <Type>' -ForEach $TestAdapters {
    BeforeAll {
        $session = Open-TestSession $Type
        if ($session) {
            $null = Import-Csv (Join-Path $PSScriptRoot ../../examples/data/airports.csv) |
                Save-DbBatch -Into airports -Key faa -CreateTable -NullText NA -ColumnType @{ lat = 'double'; lon = 'double'; alt = 'int'; tz = 'int' }
            $null = New-DbTable odd -ColumnType ([ordered]@{ id = 'int'; t = 'string'; d = 'decimal'; b = 'binary'; at = 'datetimeoffset'; j = 'json'; f = 'double'; on = 'date' })
            $null = [pscustomobject]@{ id = 1; t = ''; d = 1.50d; b = [byte[]](1, 255); at = [DateTimeOffset]'2024-02-03T04:05:06.5Z'; j = @{ a = 1, $null }; f = 0.1; on = [DateOnly]'2024-02-03' },
                [pscustomobject]@{ id = 2; t = "a,`"b`"`nc"; d = 79228162514264337593543950335d; b = $null; at = $null; j = $null; f = 1e300; on = $null },
                [pscustomobject]@{ id = 3; t = $null; d = $null; b = [byte[]]@(); at = $null; j = '"x"'; f = $null; on = $null } | Save-DbBatch -Into odd
        }
    }
    AfterAll { Close-TestSession $session }
    BeforeEach {
        Skip-WithoutServer $session
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))
        Push-Location $folder
    }
    AfterEach { Pop-Location }

    It 'tells null from an empty text in CSV, and quotes what needs quotes' {
        $null = Export-DbBatch odd odd.csv -OrderBy id -Property id, t, d, b, f, on
        # a decimal column of MySQL has a fixed number of zeros at its end: they are not the value's
        $d = if ($session.Type -eq 'MySql') { '1.5' } else { '1.50' }
        Get-Content odd.csv -Raw | Should -BeExactly ("id,t,d,b,f,on`n" + "1,`"`",$d,0x01FF,0.1,2024-02-03`n" +
            "2,`"a,`"`"b`"`"`nc`",79228162514264337593543950335,,1E+300,`n" + "3,,,0x,,`n")
    }

    It 'writes JSON lines with numbers to the last digit, and nested values nested' {
        $null = Export-DbBatch odd odd.jsonl -OrderBy id
        $lines = Get-Content odd.jsonl
        $lines.Count | Should -Be 3
        $lines[0].Replace('"d":1.5,', '"d":1.50,') | Should -BeLike '{"id":1,"t":"","d":1.50,"b":"0x01FF","at":"2024-02-03T04:05:06.5+00:00","j":{"a":`[1,null`]},"f":0.1,"on":"2024-02-03"}'
        $lines[1] | Should -BeLike '*"d":79228162514264337593543950335,"b":null,*"f":1E+300,*'
    }

    It 'says what it wrote, and compresses by the extension' {
        $plain = Export-DbBatch airports airports.csv -OrderBy faa
        $zipped = Export-DbBatch -From airports -LiteralPath airports.csv.gz -OrderBy faa
        $plain.Rows, $zipped.Rows | Should -Be 1458, 1458
        $plain.Format, $zipped.Format | Should -Be 'Csv', 'Csv, gzip'
        $plain.Bytes | Should -Be (Get-Item airports.csv).Length
        $zipped.Bytes | Should -BeLessThan ($plain.Bytes * 0.7)
        $zipped.Path | Should -Be (Join-Path $folder airports.csv.gz)
        $stream = [IO.Compression.GZipStream]::new([IO.File]::OpenRead($zipped.Path), [IO.Compression.CompressionMode]::Decompress)
        [IO.StreamReader]::new($stream).ReadToEnd() | Should -BeExactly (Get-Content airports.csv -Raw)
        $stream.Dispose()
    }

    It 'takes what Get-DbBatch takes' {
        $null = Export-DbBatch airports some.jsonl -Where { $_.alt -gt 5000 } -Property @{ code = 'faa' }, alt -OrderBy @{ alt = 'Descending' }, faa -Skip 1 -First 2
        $rows = Get-Content some.jsonl | ConvertFrom-Json
        $expected = Get-DbBatch airports -Where { $_.alt -gt 5000 } -OrderBy @{ alt = 'Descending' }, faa -Skip 1 -First 2
        $rows.code | Should -Be $expected.faa
        ($rows | Get-Member -MemberType NoteProperty).Name | Should -Be 'alt', 'code'
    }

    It 'writes the rows of a query' {
        Skip-On $Type MongoDb 'the query is SQL'
        (Export-DbBatch -Query 'select tz, count(*) as n from airports where tz > @min group by tz order by tz' -Parameter @{ min = -6 } -Path zones.tsv).From | Should -Be 'query'
        $rows = Import-Csv zones.tsv -Delimiter "`t"
        $rows[0].tz | Should -Be '-5'
        ($rows.n | Measure-Object -Sum).Sum | Should -Be (Measure-DbBatch airports -Where { $_.tz -gt -6 }).Count
        (Get-Failure { Export-DbBatch -Query 'select 1 as a, 2 as a' -Path twice.csv }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument,*'
        'twice.csv' | Should -Not -Exist
    }

    It 'takes a text for null, a delimiter and an encoding' {
        $null = Export-DbBatch odd odd.txt -Format Csv -Property id, t -OrderBy id -NullText NULL -Delimiter ';' -Encoding unicode
        (Get-Content odd.txt -Encoding unicode)[-1] | Should -Be '3;NULL'
        (Get-Failure { Export-DbBatch odd odd.csv -Delimiter . }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument,*'
        (Get-Failure { Export-DbBatch odd odd.jsonl -NullText NA }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument,*'
        "$(Get-Failure { Export-DbBatch odd odd.csv -Encoding klingon })" | Should -BeLike "*no encoding 'klingon'*"
    }

    It 'replaces a file unless told not to, and asks first' {
        'before' | Set-Content a.csv
        "$(Get-Failure { Export-DbBatch odd a.csv -NoClobber })" | Should -BeLike '*-NoClobber*'
        Export-DbBatch odd a.csv -WhatIf | Should -BeNullOrEmpty
        Get-Content a.csv | Should -Be 'before'
        (Get-Item a.csv).IsReadOnly = $true
        (Get-Failure { Export-DbBatch odd a.csv }).CategoryInfo.Category | Should -Be 'PermissionDenied'
        (Export-DbBatch odd a.csv -Force).Rows | Should -Be 3
    }

    It 'leaves what was there, and nothing else, when it fails' {
        'before' | Set-Content a.csv
        $failing = if ($Type -eq 'Sqlite') { "select id, case when id = 3 then json('{') end from odd order by id" }
            elseif ($Type -eq 'PostgreSql') { 'select 1 / (3 - id) from odd order by id' }
            elseif ($Type -eq 'MongoDb') { '{"aggregate": "odd", "pipeline": [{"$sort": {"id": 1}}, {"$project": {"x": {"$divide": [1, {"$subtract": [3, "$id"]}]}}}], "cursor": {}}' }
            else { 'select case when id = 3 then (select x from (select 1 as x union all select 2) two) end from odd order by id' }
        $null = Get-Failure { Export-DbBatch -Query $failing -Path a.csv }
        $null = Get-Failure { Export-DbBatch nowhere b.csv }
        "$(Get-Failure { Export-DbBatch odd c.txt })" | Should -BeLike "*'.txt'*-Format*"
        "$(Get-Failure { Export-DbBatch odd ./missing/c.csv })" | Should -BeLike '*folder*'
        Get-ChildItem -Force | ForEach-Object Name | Should -Be 'a.csv'
        Get-Content a.csv | Should -Be 'before'
    }

    It 'leaves nothing when it is stopped' {
        Skip-On $Type MongoDb 'the rows come from PostgreSQL on every server, where a query gives them without end'
        $many = if ($Type -eq 'Sqlite') { 'with recursive c(x) as (select 1 union all select x + 1 from c) select x from c' } else { 'select generate_series(1, 1000000000) as x' }
        $connect = if ($Type -eq 'Sqlite') { 'Connect-DbAdapter -Type Sqlite -Database :memory:' } else { 'Connect-DbAdapter -Type PostgreSql -ConnectionString $With.Server' }
        $other = Start-Other "`$null = $connect; Export-DbBatch -Query `$With.Query -Path `$With.Path" @{ Server = $PostgreSql; Query = $many; Path = Join-Path $folder many.csv }
        # an in-memory database sets rows aside first
        if ($Type -eq 'Sqlite') { Start-Sleep 3 } else { Wait-Until { (Get-ChildItem -Force | Measure-Object Length -Sum).Sum -gt 1MB } }
        $other.Shell.Stop()
        Get-ChildItem -Force | Should -BeNullOrEmpty
        $other.Shell.Dispose()
    }
}
