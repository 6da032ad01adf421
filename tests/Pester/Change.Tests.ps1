BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'Update-DbBatch and Remove-DbBatch on <Type>' -ForEach $TestAdapters {
    BeforeAll { $session = Open-TestSession $Type }
    AfterAll { Close-TestSession $session }
    BeforeEach {
        Skip-WithoutServer $session
        Reset-TestTable $session t ([ordered]@{ id = 'int'; v = 'string(20)'; n = 'int' }) id
        $null = 1..5 | ForEach-Object { [pscustomobject]@{ id = $_; v = 'old'; n = $_ * 10 } } | Save-DbBatch -Into t
        function Get-State { (Get-DbBatch -From t -OrderBy id | ForEach-Object { "$($_.id)$($_.v)$($_.n)" }) -join ' ' }
    }

    Context 'by filter' {
        It 'updates what matches, and counts what it matched' {
            $result = Update-DbBatch -Into t -Where { $_.n -ge 40 } -Set @{ v = 'new'; n = $null }
            $result.Rows | Should -Be 2
            $result.Operation | Should -Be 'Update'
            Get-State | Should -Be '1old10 2old20 3old30 4new 5new'
            (Update-DbBatch t -Where @{ id = 1 } -Set @{ v = 'old' }).Rows | Should -Be 1
            (Update-DbBatch t -Where @{ id = 99 } -Set @{ v = 'old' }).Rows | Should -Be 0
        }

        It 'removes what matches' {
            $result = Remove-DbBatch -From t -Where @{ id = 1, 2 }
            $result.Rows | Should -Be 2
            $result.Operation | Should -Be 'Remove'
            Get-State | Should -Be '3old30 4old40 5old50'
        }

        It 'wants -All where there is no filter: <_>' -ForEach @(
            'Update-DbBatch -Into t -Set @{ v = 1 }', 'Remove-DbBatch -From t', 'Remove-DbBatch -From t -Where @{}', 'Update-DbBatch -Into t -Set @{ v = 1 } -Where @{}',
            'Remove-DbBatch -From t -Where { $true }', 'Update-DbBatch -Into t -Set @{ v = 1 } -Where { $true }'
        ) {
            $failure = Get-Failure ([scriptblock]::Create($_))
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument,*'
            "$failure" | Should -BeLike '*-All*'
            (Measure-DbBatch -From t -Where @{ v = 'old' }).Count | Should -Be 5
        }

        It 'refuses -All with a filter' {
            (Get-Failure { Remove-DbBatch -From t -All -Where @{ id = 1 } }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument,*'
            (Measure-DbBatch -From t).Count | Should -Be 5
        }

        It 'takes -All' {
            (Update-DbBatch -Into t -All -Set @{ v = 'all' }).Rows | Should -Be 5
            (Remove-DbBatch -From t -All).Rows | Should -Be 5
            (Measure-DbBatch -From t).Count | Should -Be 0
        }

        It 'refuses a filter with a variable that is not defined: a typing error must not delete' {
            $failure = Get-Failure { Remove-DbBatch -From t -Where { $_.v -eq $thereIsNoSuchVariable } }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument,*'
            (Measure-DbBatch -From t).Count | Should -Be 5
        }

        It 'refuses <Name>' -ForEach @(
            @{ Name = 'a column to set that is missing'; Id = 'ColumnNotFound'; Call = { Update-DbBatch -Into t -All -Set @{ nope = 1 } } }
            @{ Name = 'a value that does not fit'; Id = 'InvalidData'; Call = { Update-DbBatch -Into t -All -Set @{ n = 'abc' } } }
            @{ Name = 'a script block as a value'; Id = 'InvalidArgument'; Call = { Update-DbBatch -Into t -All -Set @{ n = { 5 } } } }
            @{ Name = 'a table that is missing'; Id = 'NotFound'; Call = { Remove-DbBatch -From missing -All } }
        ) {
            if ($Id -eq 'ColumnNotFound') { Skip-On $Type MongoDb 'a document takes any field' }
            (Get-Failure $Call).FullyQualifiedErrorId | Should -BeLike "DbConductor.$Id,*"
            Get-State | Should -Be '1old10 2old20 3old30 4old40 5old50'
        }

        It 'changes nothing with -WhatIf' {
            Update-DbBatch -Into t -All -Set @{ v = 'new' } -WhatIf | Should -BeNullOrEmpty
            Remove-DbBatch -From t -All -WhatIf | Should -BeNullOrEmpty
            Get-State | Should -Be '1old10 2old20 3old30 4old40 5old50'
        }
    }

    Context 'by row' {
        It 'updates by the primary key, and by a given one' {
            (@{ id = 2; v = 'two' }, @{ id = 4; v = 'four' } | Update-DbBatch -Into t).Rows | Should -Be 2
            ([pscustomobject]@{ n = 50; v = 'fifty' } | Update-DbBatch -Into t -Key n).Rows | Should -Be 1
            Get-State | Should -Be '1old10 2two20 3old30 4four40 5fifty50'
        }

        It 'removes by key, and looks at nothing but the key' {
            (Get-DbBatch -From t -Where { $_.id -gt 3 } | Remove-DbBatch -From t).Rows | Should -Be 2
            ([pscustomobject]@{ n = 10; other = 'x' } | Remove-DbBatch -From t -Key n).Rows | Should -Be 1
            Get-State | Should -Be '2old20 3old30'
        }

        It 'does nothing for an empty pipeline' {
            (@() | Update-DbBatch -Into t).Rows | Should -Be 0
            (@() | Remove-DbBatch -From t).Rows | Should -Be 0
        }

        It 'is all or nothing' {
            "$(Get-Failure { 1..5 | ForEach-Object { if ($_ -eq 4) { throw 'upstream' }; @{ id = $_; v = 'new' } } | Update-DbBatch -Into t })" | Should -Be 'upstream'
            (Get-Failure { @{ id = 1; n = 1 }, @{ id = 2; n = 'abc' } | Update-DbBatch -Into t }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidData,*'
            Get-State | Should -Be '1old10 2old20 3old30 4old40 5old50'
        }

        It 'changes nothing with -WhatIf' {
            Get-DbBatch -From t | Remove-DbBatch -From t -WhatIf | Should -BeNullOrEmpty
            (Measure-DbBatch -From t).Count | Should -Be 5
        }

        It 'transforms the table that it reads' {
            (Get-DbBatch -From t | ForEach-Object { $_.n++; $_ } | Update-DbBatch -Into t).Rows | Should -Be 5
            Get-State | Should -Be '1old11 2old21 3old31 4old41 5old51'
        }
    }
}
