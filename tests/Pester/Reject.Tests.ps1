BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'Rejects and batch ids on <Type>' -ForEach $TestAdapters {
    BeforeAll { $session = Open-TestSession $Type }
    AfterAll { Close-TestSession $session }
    BeforeEach {
        Skip-WithoutServer $session
        $table = "t$([guid]::NewGuid().ToString('N'))".Substring(0, 20)
        $rejects = "r$($table.Substring(1))"
        $file = Join-Path $TestDrive "$table.jsonl"
        $null = New-DbTable $table -ColumnType ([ordered]@{ id = 'int'; n = 'int' }) -Key id
    }

    It 'puts bad rows aside, shows them, and lands them once they are repaired' {
        $saved = 1..100 | ForEach-Object { [pscustomobject]@{ id = $_; n = if ($_ -in 7, 70) { "bad $_" } else { $_ } } } |
            Save-DbBatch -Into $table -RejectInto $rejects 3>$null
        $saved.Rows | Should -Be 98
        $saved.Rejected | Should -Be 2

        $bad = Get-DbReject $rejects
        $bad.Row | Should -Be 7, 70
        $bad.Column | Select-Object -Unique | Should -Be 'n'
        $bad.ErrorKind | Select-Object -Unique | Should -Be 'InvalidData'
        $bad[0].Data.n | Should -Be 'bad 7'
        $bad[0].Message | Should -Not -BeLike '*bad 7*'
        (Get-DbReject $rejects -Into $table).Count | Should -Be 2
        Get-DbReject $rejects -Into other | Should -BeNullOrEmpty
        (Get-DbReject $rejects -BatchId $bad[0].BatchId).Count | Should -Be 2

        { $bad | Submit-DbReject } | Should -Throw -ErrorId 'DbConductor.InvalidData*'
        (Get-DbReject $rejects).Count | Should -Be 2
        $done = $bad | ForEach-Object { $_.Data.n = 0; $_ } | Submit-DbReject
        $done.Rows | Should -Be 2
        Get-DbReject $rejects | Should -BeNullOrEmpty
        (Measure-DbBatch $table).Count | Should -Be 100
        { $bad | Submit-DbReject } | Should -Throw -ErrorId 'DbConductor.InvalidOperation*'
    }

    It 'keeps rejects in a file, behind those that are there, and takes out what is submitted' {
        $null = @{ id = 1; n = 'x' } | ForEach-Object { [pscustomobject]$_ } | Save-DbBatch -Into $table -RejectPath $file 3>$null
        $null = @{ id = 2; n = 'y' } | ForEach-Object { [pscustomobject]$_ } | Save-DbBatch -Into $table -RejectPath $file 3>$null
        @(Get-Content $file).Count | Should -Be 2
        (Get-Content $file | ConvertFrom-Json).data.n | Should -Be 'x', 'y'

        $null = Get-DbReject -Path $file | Where-Object Row -EQ 1 | Select-Object -First 1 | ForEach-Object { $_.Data = @{ id = 5; n = 5 }; $_ } | Submit-DbReject
        (Get-DbReject -LiteralPath $file).Data.n | Should -Be 'y'
        (Get-DbBatch $table).id | Should -Be 5
    }

    It 'fails as a whole past -MaxReject, and leaves no file' {
        { 1..3 | ForEach-Object { [pscustomobject]@{ id = $_; n = 'x' } } | Save-DbBatch -Into $table -RejectPath $file -MaxReject 2 } |
            Should -Throw -ErrorId 'DbConductor.TooManyRejects*'
        $file | Should -Not -Exist
        { [pscustomobject]@{ id = 1 } | Save-DbBatch -Into $table -MaxReject 2 } | Should -Throw -ErrorId 'DbConductor.InvalidArgument*'
        { [pscustomobject]@{ id = 1 } | Save-DbBatch -Into $table -RejectPath (Join-Path $TestDrive none x.jsonl) } | Should -Throw -ErrorId 'DbConductor.NotFound*'
    }

    It 'writes the file when the transaction around it commits, and not where that rolls back' {
        Skip-On $Type MongoDb 'it ends a transaction at the first row that it refuses'
        try {
            Use-DbTransaction { $null = [pscustomobject]@{ id = 1; n = 'x' } | Save-DbBatch -Into $table -RejectPath $file 3>$null; throw 'undone' }
        } catch { "$_" | Should -Be 'undone' }
        $file | Should -Not -Exist
        Use-DbTransaction {
            $null = [pscustomobject]@{ id = 1; n = 'x' }, [pscustomobject]@{ id = 2; n = 2 } | Save-DbBatch -Into $table -RejectPath $file 3>$null
            try { Use-DbTransaction { $null = [pscustomobject]@{ id = 3; n = 'nested' } | Save-DbBatch -Into $table -RejectPath $file 3>$null; throw 'undone' } } catch { }
            $file | Should -Not -Exist
        }
        (Get-DbReject -Path $file).Data.n | Should -Be 'x'
        (Get-DbBatch $table).id | Should -Be 2
    }

    It 'lands a batch once' {
        $rows = 1..50 | ForEach-Object { [pscustomobject]@{ id = $_; n = $_ } }
        $first = $rows | Save-DbBatch -Into $table -BatchId one
        $again = $rows | Sort-Object id -Descending | Save-DbBatch -Into $table -BatchId one
        $first.Status, $again.Status | Should -Be 'Saved', 'Replayed'
        $again.Rows, $again.Replayed, $again.BatchId | Should -Be 0, 50, 'one'
        { $rows[0..48] | Save-DbBatch -Into $table -BatchId one } | Should -Throw -ErrorId 'DbConductor.BatchMismatch*'
        { $rows | Save-DbBatch -Into $table -BatchId one -Mode Upsert } | Should -Throw -ErrorId 'DbConductor.BatchMismatch*'
        (Measure-DbBatch $table).Count | Should -Be 50
    }

    It 'goes on after the last commit' {
        $rows = { param($BreakAt) 1..50 | ForEach-Object { if ($_ -eq $BreakAt) { throw 'broken' }; [pscustomobject]@{ id = $_; n = $_ } } }
        try { & $rows 38 | Save-DbBatch -Into $table -BatchId steps -CommitEvery 10 } catch { "$_" | Should -Be 'broken' }
        $rest = & $rows | Save-DbBatch -Into $table -BatchId steps -CommitEvery 10
        $rest.Rows + $rest.Replayed | Should -Be 50
        (Measure-DbBatch $table).Count | Should -Be 50
    }

    It 'copies a table once, with bad rows aside' {
        $source = "s$($table.Substring(1))"
        $null = 1..20 | ForEach-Object { [pscustomobject]@{ id = $_; n = if ($_ -eq 9) { 'nine' } else { "$_" } } } | Save-DbBatch -Into $source -CreateTable
        $copied = Copy-DbBatch $source -Into $table -BatchId copy -RejectInto $rejects 3>$null
        $again = Copy-DbBatch $source -Into $table -BatchId copy -RejectInto $rejects 3>$null
        $copied.Rows, $copied.Rejected, $again.Status, $again.Replayed | Should -Be 19, 1, 'Replayed', 19
        (Get-DbReject $rejects).Row | Should -Be 9
    }
}
