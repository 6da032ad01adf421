# What the files that speak SQL (Save, Import, Query, Tables, Cancellation, Sessions, Transactions) test on the others, in MongoDB's words; the rest run on it too.
BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'Documents on <Type>' -ForEach ($TestAdapters | Where-Object Type -EQ MongoDb) {
    BeforeAll {
        $session = Open-TestSession $Type
        if ($session) { $connect = "`$null = $(Get-TestConnect $session $Type);" }
        function New-Row([int] $Id, $V = 'x') { [pscustomobject]@{ id = $Id; v = $V } }
    }
    AfterAll { Close-TestSession $session }
    BeforeEach {
        Skip-WithoutServer $session
        Reset-TestTable $session t ([ordered]@{ id = 'int'; v = 'string(20)' }) id
    }

    It 'takes objects of any shape and gives them back, nested ones too' {
        $null = [pscustomobject]@{ id = 1; address = @{ city = 'Wellington'; lines = 'a', 'b' } }, [pscustomobject]@{ id = 2; late = $true } | Save-DbBatch -Into t
        $row = Get-DbBatch -From t -Where { $_.'address.city' -eq 'Wellington' }
        $row.address.lines | Should -Be 'a', 'b'
        $row.psobject.Properties.Name | Should -Not -Contain 'late'
        (Get-DbBatch -From t -Where @{ late = $true }).id | Should -Be 2
    }

    It 'joins documents into a collection, without the _id that repeats' {
        Remove-TestTable $session joined
        $null = Invoke-DbQuery '[{"drop": "l"}, {"drop": "r"}]' -ErrorAction Ignore
        $null = Invoke-DbQuery '[{"insert": "l", "documents": [{"k": 1, "a": "x"}]}, {"insert": "r", "documents": [{"k": 1, "b": "y"}, {"k": 1, "b": "z"}]}]'
        "$(Get-Failure { Join-DbBatch -Left l -Right r -On k -Into joined -CreateTable })" | Should -BeLike '*_id*Leave it out (-Property, *'
        (Join-DbBatch -Left l -Right r -On k -Property k, a, b -Into joined).Rows | Should -Be 2
        (Get-DbBatch -From joined -OrderBy b).b | Should -Be 'y', 'z'
    }

    It 'takes a command as an ordered dictionary' {
        $null = (New-Row 1), (New-Row 2) | Save-DbBatch -Into t
        (Invoke-DbQuery ([ordered]@{ find = 't'; filter = @{ id = 2 } })).v | Should -Be 'x'
        Invoke-DbQuery ([ordered]@{ count = 't' }) | ForEach-Object n | Should -Be 2
    }

    It 'writes in every mode' {
        $null = (New-Row 1 old), (New-Row 2 old) | Save-DbBatch -Into t
        (((New-Row 1 new), (New-Row 3 new)) | Save-DbBatch -Into t -Mode Upsert).Rows | Should -Be 2
        $skipped = (New-Row 1 newer), (New-Row 4 newer) | Save-DbBatch -Into t -Mode SkipExisting
        $skipped.Rows, $skipped.Skipped | Should -Be 1, 1
        (Get-DbBatch -From t -OrderBy id).v | Should -Be 'new', 'old', 'new', 'newer'
        (New-Row 9 | Save-DbBatch -Into t -Mode Overwrite).Rows | Should -Be 1
        (Get-DbBatch -From t).id | Should -Be 9
    }

    It 'leaves nothing of a batch with <Name>: <Id>' -ForEach @(
        @{ Name = 'a duplicate key'; Id = 'DuplicateKey'; Bad = { New-Row 1 } }
        @{ Name = 'null in the key'; Id = '*'; Bad = { [pscustomobject]@{ id = $null; v = 'x' } } }
        @{ Name = 'a text that is no number'; Id = 'InvalidData'; Bad = { [pscustomobject]@{ id = 'abc' } } }
        @{ Name = 'a text that is too long'; Id = 'InvalidData'; Bad = { New-Row 5000 ('x' * 21) } }
    ) {
        $failure = Get-Failure { & { 1..2500 | ForEach-Object { New-Row $_ }; . $Bad; 3000..3100 | ForEach-Object { New-Row $_ } } | Save-DbBatch -Into t }
        $failure.FullyQualifiedErrorId | Should -BeLike "DbConductor.$Id,*"
        (Measure-DbBatch -From t).Count | Should -Be 0
    }

    It 'imports a file into a collection that is there with types of numbers and dates, not as text' {
        $null = [pscustomobject]@{ code = '007' } | Save-DbBatch -Into loose -CreateTable
        $file = Join-Path $TestDrive loose.csv
        Set-Content $file 'code,n,price,day,note', '008,5,1.50,2024-02-29,x', '009,,2,2024-03-01,'
        (Import-DbBatch -Path $file -Into loose).Rows | Should -Be 2
        $row = Get-DbBatch -From loose -Where @{ code = '008' }
        $row.n | Should -BeOfType [long]
        $row.price | Should -BeOfType [decimal]
        $row.code | Should -BeExactly '008'
        (Get-DbBatch -From loose -Where { $_.n -eq 5 }).code | Should -Be '008'
        (Measure-DbBatch -From loose -Where { $_.price -gt 1.75 }).Count | Should -Be 1
        (Import-DbBatch -Path $file -Into loose -ColumnType @{ n = 'string'; code = 'int' }).Rows | Should -Be 2
        (Get-DbBatch -From loose -Where { $_.code -eq 9 }).n | Should -BeNullOrEmpty
        Remove-TestTable $session loose
    }

    It 'plans a copy of documents into a table with the types that it will get' {
        $null = [pscustomobject]@{ n = 1; address = @{ city = 'x' } }, [pscustomobject]@{ n = 2; late = 1.5 } | Save-DbBatch -Into loose -CreateTable
        $null = Connect-DbAdapter -Type Sqlite -Database ':memory:' -Name table
        try {
            $plan = Copy-DbBatch -From loose -FromAdapter $session -IntoAdapter table -Into copied -CreateTable -Property n, address, late -PlanOnly
            $plan.Columns.SourceType | Should -Be 'long', 'json', 'double'
            $null = Copy-DbBatch -From loose -FromAdapter $session -IntoAdapter table -Into copied -CreateTable -Property n, address, late
            (Get-DbTable copied -Adapter table).Columns.NativeType | Should -Be $plan.Columns.TargetType
        }
        finally {
            Disconnect-DbAdapter table
            Remove-TestTable $session loose
        }
    }

    It 'says why no server can be had: <Options>' -ForEach @(
        @{ Options = 'replicaSet=none'; Like = "*replica set 'none'*" }
        @{ Options = 'tls=true'; Like = '*TLS*' }
    ) {
        $server = ([uri]$env:DBCONDUCTOR_TEST_MONGODB).Authority
        $failure = Get-Failure { Connect-DbAdapter -Type MongoDb -ConnectionString "mongodb://$server/x?$Options" -Name none -Timeout 3 }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.Connection,*'
        $failure.Exception.Message | Should -BeLike $Like
        $failure.Exception.Message | Should -BeLike "*$server*"
    }

    It 'stops on Ctrl-C: a query, also on the server, and a write, of which nothing is left' {
        $flag = Join-Path $TestDrive "flag-$([guid]::NewGuid())"
        foreach ($script in "Set-Content -LiteralPath '$flag' 1; Invoke-DbQuery '$(Get-SlowQuery $Type)'",
            "1..1000000 | ForEach-Object { if (`$_ -eq 5000) { Set-Content -LiteralPath '$flag' 1; Start-Sleep 120 }; @{ id = `$_ } } | Save-DbBatch -Into t") {
            Remove-Item -LiteralPath $flag -ErrorAction Ignore
            $other = Start-Other "$connect $script"
            Wait-Until { (Test-Path -LiteralPath $flag) -or $other.Run.IsCompleted }
            Start-Sleep 1
            $other.Run.IsCompleted | Should -BeFalse -Because "$($other.Shell.Streams.Error.ReadAll())"
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $other.Shell.Stop()
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
            (Measure-DbBatch t).Count | Should -Be 0
        }
        (@{ id = 1 } | Save-DbBatch -Into t).Rows | Should -Be 1
    }

    It 'returns from Ctrl-C when what was written without a transaction is removed again' {
        Reset-TestTable $session wide ([ordered]@{ id = 'int'; text = 'string' })
        $file = Join-Path $TestDrive wide.csv
        [IO.File]::WriteAllLines($file, [string[]]@('id,text') + (1..400000 | ForEach-Object { "$_,$('x' * 100)" }))
        $other = Start-Other "$connect Import-DbBatch -Path '$file' -Into wide"
        Wait-Until { (Measure-DbBatch wide).Count -gt 30000 -or $other.Run.IsCompleted }
        $other.Run.IsCompleted | Should -BeFalse
        $other.Shell.Stop()
        (Measure-DbBatch wide).Count | Should -Be 0
        Remove-TestTable $session wide
    }

    It 'refuses a block inside a transaction, and rolls the outer one back' {
        $failure = Get-Failure { Use-DbTransaction { $null = New-Row 1 | Save-DbBatch -Into t; Use-DbTransaction { New-Row 2 | Save-DbBatch -Into t } } }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotSupported,*'
        (Measure-DbBatch t).Count | Should -Be 0
    }
}
