BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
    function Get-Completion([string] $Line) { (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText }
}

Describe 'Completion' {
    BeforeAll {
        Get-DbAdapter | Disconnect-DbAdapter
        $default = Open-TestSession Sqlite
        $other = Open-TestSession Sqlite -Name warehouse
        $null = New-DbTable airports -ColumnType ([ordered]@{ faa = 'string'; 'two words' = 'int'; alt = 'int' }) -Key faa
        $null = New-DbTable 'odd table' -ColumnType @{ id = 'int' }
        $null = New-DbTable sales -ColumnType @{ amount = 'int' } -Adapter warehouse
    }
    AfterAll { Close-TestSession $default; Close-TestSession $other }

    It 'completes <Line>' -ForEach @(
        @{ Line = 'Connect-DbAdapter -Type '; Has = (Get-ChildItem -Directory (Join-Path (Split-Path $ModulePath) bin/adapters)).Name }
        @{ Line = 'Connect-DbAdapter -Type sq'; Has = 'Sqlite' }
        @{ Line = 'Get-DbBatch -Adapter '; Has = 'default', 'warehouse' }
        @{ Line = 'Copy-DbBatch -FromAdapter w'; Has = 'warehouse' }
        @{ Line = 'Disconnect-DbAdapter w'; Has = 'warehouse' }
        @{ Line = 'Get-DbBatch -From '; Has = 'airports', "'odd table'" }
        @{ Line = 'Get-DbBatch air'; Has = 'airports' }
        @{ Line = 'Save-DbBatch -Adapter warehouse -Into '; Has = 'sales' }
        @{ Line = 'Copy-DbBatch -FromAdapter default -IntoAdapter warehouse -From '; Has = 'airports', "'odd table'" }
        @{ Line = 'Copy-DbBatch -FromAdapter default -IntoAdapter warehouse -From airports -Into '; Has = 'sales' }
        @{ Line = 'Get-DbTable '; Has = 'airports', "'odd table'" }
        @{ Line = 'Get-DbBatch -From airports -Property '; Has = 'faa', "'two words'", 'alt' }
        @{ Line = 'Get-DbBatch airports -OrderBy a'; Has = 'alt' }
        @{ Line = 'Save-DbBatch airports -Key f'; Has = 'faa' }
        @{ Line = 'Update-DbBatch -Adapter warehouse -Into sales -Key '; Has = 'amount' }
        @{ Line = 'Get-DbBatch airports -As '; Has = 'DataTable', 'Hashtable', 'PSCustomObject', 'Row', 'SingleValue' }
        @{ Line = 'Save-DbBatch airports -Mode u'; Has = 'Upsert' }
    ) {
        Get-Completion $Line | Should -Be $Has
    }

    It 'completes nothing, quickly and without an error, where there is nothing to ask' {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $Error.Clear()
        Get-Completion 'Get-DbBatch -Adapter nope -From a' | Should -BeNullOrEmpty
        Get-Completion 'Get-DbBatch -From missing -Property a' | Should -BeNullOrEmpty
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
    }

    It 'answers within a second, also where the database does not' {
        $null = Get-Completion 'Get-DbBatch -From '
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $null = Get-Completion 'Get-DbBatch -From '
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 1
    }
}

Describe 'Completion on PostgreSql' {
    BeforeAll { $session = Open-TestSession PostgreSql }
    AfterAll { Close-TestSession $session }

    It 'knows tables and columns' {
        Skip-WithoutServer $session
        $null = New-DbTable airports -ColumnType ([ordered]@{ faa = 'string'; alt = 'int' }) -Key faa
        Get-Completion 'Get-DbBatch airp' | Should -Contain 'airports'
        Get-Completion 'Get-DbBatch airports -Property ' | Should -Be 'faa', 'alt'
    }
}
