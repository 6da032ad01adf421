BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'Transactions on <Type>' -ForEach $SqlTestAdapters {
    BeforeAll { $session = Open-TestSession $Type }
    AfterAll { Close-TestSession $session }
    BeforeEach {
        Skip-WithoutServer $session
        Invoke-DbQuery 'drop table if exists t; create table t (id int primary key, v varchar(20))' | Out-Null
        function Add-Row([int] $Id, [string] $V = 'x') { [pscustomobject]@{ id = $Id; v = $V } | Save-DbBatch -Into t | Out-Null }
        function Get-Ids { (Get-DbBatch -From t -OrderBy id).id -join ',' }
    }
    AfterEach { if ($session.InTransaction) { Undo-DbTransaction } }

    Context 'Start-, Complete-, Undo-DbTransaction' {
        It 'commits' {
            Start-DbTransaction
            Add-Row 1
            $session.InTransaction | Should -BeTrue
            Complete-DbTransaction
            $session.InTransaction | Should -BeFalse
            Get-Ids | Should -Be '1'
        }

        It 'rolls back' {
            Start-DbTransaction
            Add-Row 1
            Get-Ids | Should -Be '1'
            Undo-DbTransaction
            Get-Ids | Should -BeNullOrEmpty
        }

        It 'refuses a second begin, and the first goes on' {
            Start-DbTransaction
            Add-Row 1
            $failure = Get-Failure { Start-DbTransaction }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidOperation,*'
            "$failure" | Should -BeLike '*Use-DbTransaction*'
            Complete-DbTransaction
            Get-Ids | Should -Be '1'
        }

        It 'refuses <_> without a transaction' -ForEach 'Complete-DbTransaction', 'Undo-DbTransaction' {
            $failure = Get-Failure ([scriptblock]::Create($_))
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidOperation,*'
            "$failure" | Should -BeLike '*Start-DbTransaction*'
        }

        It 'is doomed by a failed write: later writes and the commit are refused, and nothing stays' {
            Start-DbTransaction
            Add-Row 1
            (Get-Failure { Add-Row 1 }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.DuplicateKey,*'
            (Get-Failure { Add-Row 2 }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidOperation,*'
            $failure = Get-Failure { Complete-DbTransaction }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidOperation,*'
            "$failure" | Should -BeLike '*Undo-DbTransaction*'
            $session.InTransaction | Should -BeTrue
            Undo-DbTransaction
            Get-Ids | Should -BeNullOrEmpty
        }

        It 'commits nothing with -WhatIf' {
            Start-DbTransaction
            Add-Row 1
            Complete-DbTransaction -WhatIf
            $session.InTransaction | Should -BeTrue
            Undo-DbTransaction
            Get-Ids | Should -BeNullOrEmpty
        }

        It 'rolls back and warns when the session is disconnected' {
            $other = Invoke-Expression "$(Get-TestConnect $session $Type) -Name other"
            Start-DbTransaction -Adapter other
            @{ id = 1 } | Save-DbBatch -Into t -Adapter other | Out-Null
            $warnings = Disconnect-DbAdapter other 3>&1
            "$warnings" | Should -BeLike '*rolled back*'
            Get-Ids | Should -BeNullOrEmpty
        }
    }

    Context 'Use-DbTransaction' {
        It 'commits, and runs in the scope of its caller' {
            $seen = 0
            $output = Use-DbTransaction { Add-Row 1; $seen = 5; 'a'; 'b' }
            $output | Should -Be 'a', 'b'
            $seen | Should -Be 5
            Get-Ids | Should -Be '1'
        }

        It 'streams its output' {
            $log = [Collections.Generic.List[string]]::new()
            Use-DbTransaction { 1..2 | ForEach-Object { $_; $log.Add("after $_") } } | ForEach-Object { $log.Add("got $_") }
            $log | Should -Be 'got 1', 'after 1', 'got 2', 'after 2'
        }

        It 'commits on return' {
            Use-DbTransaction { Add-Row 1; return; Add-Row 2 }
            Get-Ids | Should -Be '1'
        }

        It 'rolls back on <Name>' -ForEach @(
            @{ Name = 'throw'; End = { throw 'no' } }
            @{ Name = 'an error that does not terminate'; End = { Get-Item -LiteralPath (Join-Path $TestDrive nothing) } }
            @{ Name = 'Write-Error'; End = { Write-Error 'no' } }
            @{ Name = 'a failed write that is caught'; End = { try { Add-Row 1 } catch { } } }
        ) {
            Get-Failure { Use-DbTransaction { Add-Row 1; . $End } } | Should -Not -BeNullOrEmpty
            $session.InTransaction | Should -BeFalse
            Get-Ids | Should -BeNullOrEmpty
        }

        It 'rolls back on <_>' -ForEach 'break', 'continue' {
            $end = [scriptblock]::Create($_)
            foreach ($once in 1) { Use-DbTransaction { Add-Row 1; . $end } }
            $session.InTransaction | Should -BeFalse
            Get-Ids | Should -BeNullOrEmpty
        }

        It 'rolls back when whatever is downstream has had enough' {
            Use-DbTransaction { Add-Row 1; 1..10; Add-Row 2 } | Select-Object -First 1 | Should -Be 1
            $session.InTransaction | Should -BeFalse
            Get-Ids | Should -BeNullOrEmpty
        }

        It 'gives $ErrorActionPreference back, also after an error' {
            $ErrorActionPreference = 'Continue'
            Use-DbTransaction { $ErrorActionPreference } | Should -Be 'Stop'
            $ErrorActionPreference | Should -Be 'Continue'
            Get-Failure { Use-DbTransaction { throw 'no' } } | Should -Not -BeNullOrEmpty
            $ErrorActionPreference | Should -Be 'Continue'
        }

        It 'stops on errors of a block that a module was handed' {
            $module = New-Module { function Invoke-InTransaction([scriptblock] $Block) { Use-DbTransaction $Block } }
            Get-Failure { & $module { param($block) Invoke-InTransaction $block } { Add-Row 1; Get-Item -LiteralPath (Join-Path $TestDrive nothing) } } | Should -Not -BeNullOrEmpty
            Get-Ids | Should -BeNullOrEmpty
        }

        It 'keeps the error as it was' {
            $failure = Get-Failure { Use-DbTransaction { Add-Row 1; Add-Row 1 } }
            $failure.FullyQualifiedErrorId | Should -Be 'DbConductor.DuplicateKey,DbConductor.PowerShell.SaveDbBatchCommand'
        }

        It 'nests: a caught error undoes the inner block only' {
            Use-DbTransaction {
                Add-Row 1
                try { Use-DbTransaction { Add-Row 2; Add-Row 1 } } catch { $caught = $_.FullyQualifiedErrorId }
                Use-DbTransaction { Add-Row 3 }
            }
            $caught | Should -BeLike 'DbConductor.DuplicateKey,*'
            Get-Ids | Should -Be '1,3'
        }

        It 'nests in Start-DbTransaction' {
            Start-DbTransaction
            Use-DbTransaction { Add-Row 1 }
            (Get-Failure { Use-DbTransaction { Add-Row 2; throw 'no' } }).ToString() | Should -Be 'no'
            Complete-DbTransaction
            Get-Ids | Should -Be '1'
        }

        It 'refuses <_> inside: it ends by itself' -ForEach 'Start-DbTransaction', 'Complete-DbTransaction', 'Undo-DbTransaction' {
            $command = [scriptblock]::Create($_)
            (Get-Failure { Use-DbTransaction { Add-Row 1; . $command } }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidOperation,*'
            Get-Ids | Should -BeNullOrEmpty
        }

        It 'is what cmdlets use without -Adapter' {
            $other = Connect-DbAdapter -Type Sqlite -Database :memory: -Name other
            try {
                Use-DbTransaction -Adapter other { Invoke-DbQuery 'select sqlite_version()' -As SingleValue } | Should -BeLike '3.*'
                Use-DbTransaction -Adapter other { Use-DbTransaction -Adapter $session { Add-Row 1 } }
                Get-Ids | Should -Be '1'
            }
            finally { Disconnect-DbAdapter $other }
        }

        It 'is doomed by a pipeline that fails before its first rows are sent' {
            $failure = Get-Failure {
                Use-DbTransaction {
                    try { 1..5 | ForEach-Object { if ($_ -eq 4) { throw 'upstream' }; [pscustomobject]@{ id = $_ } } | Save-DbBatch -Into t } catch { }
                    Add-Row 9
                }
            }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidOperation,*'
            Get-Ids | Should -BeNullOrEmpty
        }

        It 'reads, transforms and writes back to the same table in one pipeline' {
            1..3000 | ForEach-Object { [pscustomobject]@{ id = $_; v = 'old' } } | Save-DbBatch -Into t | Out-Null
            $result = Use-DbTransaction { Get-DbBatch -From t | ForEach-Object { $_.v = "new $($_.id)"; $_ } | Save-DbBatch -Into t -Mode Upsert }
            $result.Rows | Should -Be 3000
            $result.Commits | Should -Be 0
            (Get-DbBatch -From t -Where @{ id = 2999 }).v | Should -Be 'new 2999'
            (Measure-DbBatch -From t -Where @{ v = 'old' }).Count | Should -Be 0
        }
    }

    Context 'from another runspace' {
        It 'refuses <Name> while a transaction is open here' -ForEach @(
            @{ Name = 'a write'; Call = '@{ id = 7 } | Save-DbBatch -Into t -Adapter $s' }
            @{ Name = 'an update'; Call = 'Update-DbBatch -Into t -All -Set @{ v = 1 } -Adapter $s' }
            @{ Name = 'a query that may write'; Call = 'Invoke-DbQuery "delete from t" -Adapter $s' }
            @{ Name = 'a transaction of its own'; Call = 'Use-DbTransaction -Adapter $s { }' }
            @{ Name = 'a commit'; Call = 'Complete-DbTransaction -Adapter $s' }
        ) {
            Start-DbTransaction
            Add-Row 1
            $id = 1 | ForEach-Object -Parallel {
                Import-Module $using:ModulePath
                $s = $using:session
                try { . ([scriptblock]::Create($using:Call)) | Out-Null } catch { $_.FullyQualifiedErrorId }
            }
            $id | Should -BeLike 'DbConductor.InvalidOperation,*'
            Complete-DbTransaction
            Get-Ids | Should -Be '1'
        }

        It 'reads what was there before' {
            Start-DbTransaction
            Add-Row 1
            1 | ForEach-Object -Parallel { Import-Module $using:ModulePath; (Measure-DbBatch -From t -Adapter $using:session).Count } | Should -Be 0
            Complete-DbTransaction
        }
    }
}

Describe 'The ways out of Use-DbTransaction that end a process' {
    It 'rolls back on exit, and keeps the exit code' {
        $database = Join-Path $TestDrive exit.db
        $script = Join-Path $TestDrive exit.ps1
        Set-Content $script @"
Import-Module '$ModulePath'
`$null = Connect-DbAdapter -Type Sqlite -Database '$database'
`$null = New-DbTable t -ColumnType @{ id = 'int' }
Use-DbTransaction { `$null = @{ id = 1 } | Save-DbBatch -Into t; exit 7 }
"@
        & $PowerShell @PowerShellFirst -NoProfile -File $script
        $LASTEXITCODE | Should -Be 7
        $session = Connect-DbAdapter -Type Sqlite -Database $database -Name exit
        (Measure-DbBatch -From t -Adapter $session).Count | Should -Be 0
        Disconnect-DbAdapter $session
    }
}
