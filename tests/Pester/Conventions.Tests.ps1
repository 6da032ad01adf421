BeforeDiscovery {
    . $PSScriptRoot/TestAdapters.ps1
    $commands = Get-Command -Module DbConductor | ForEach-Object { @{ Command = $_; Name = $_.Name } }
}
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'The conventions of <Name>' -ForEach $commands {
    BeforeAll {
        $common = [Management.Automation.PSCmdlet]::CommonParameters + [Management.Automation.PSCmdlet]::OptionalCommonParameters
        $own = $Command.Parameters.Values | Where-Object { $_.Name -notin $common }
        $sets = $own | ForEach-Object { foreach ($set in $_.ParameterSets.Values) { [pscustomobject]@{ Name = $_.Name; Parameter = $_; Set = $set } } }
        $positionOf = { param($name) $sets | Where-Object { $_.Name -eq $name -and $_.Set.Position -ge 0 } | ForEach-Object { $_.Set.Position } | Select-Object -First 1 }
    }

    It 'has an approved verb and a singular noun' {
        $Command.Verb | Should -BeIn (Get-Verb).Verb
        $Command.Noun | Should -Match '^(Db|Spark)'
        $Command.Noun | Should -Not -BeLike '*s'
    }

    It 'binds nothing by property name' {
        $sets | Where-Object { $_.Set.ValueFromPipelineByPropertyName } | ForEach-Object Name | Should -BeNullOrEmpty
    }

    It 'takes rows or handles alone from the pipeline' {
        $handles = @{ DbAdapter = 'Adapter'; DbProfile = 'Name' }
        ($sets | Where-Object { $_.Set.ValueFromPipeline }).Name | Where-Object { $_ -notin 'InputObject', $handles[$Command.Noun] } | Should -BeNullOrEmpty
    }

    It 'keeps the vocabulary''s positions and types' {
        $types = @{ Schema = [string]; Timeout = [Nullable[TimeSpan]]; Where = [object]; Mode = [string]; CreateTable = [switch]; PlanOnly = [switch]; Key = [string[]]; As = [DbConductor.PowerShell.RowShape] }
        foreach ($parameter in $own | Where-Object { $types.ContainsKey($_.Name) }) {
            $parameter.ParameterType | Should -Be $types[$parameter.Name] -Because $parameter.Name
        }

        foreach ($name in 'From', 'Query', 'Name') {
            # Save-DbStash -From is named only: position 0 is the stash's name
            if ($name -in $own.Name -and $Command.Noun -ne 'DbAdapter' -and "$($Command.Name) $name" -ne 'Save-DbStash From') { & $positionOf $name | Should -Be 0 -Because $name }
        }

        if ('Into' -in $own.Name) { & $positionOf Into | Should -Be $(if ('From' -in $own.Name -or 'Query' -in $own.Name) { $null } else { 0 }) }
        if ('Where' -in $own.Name) { $Command.Parameters.Where.Aliases | Should -Contain 'Filter' }
    }

    It 'knows no parameter beside the vocabulary''s' {
        $vocabulary = 'Adapter', 'FromAdapter', 'IntoAdapter', 'From', 'Into', 'Schema', 'Query', 'Path', 'LiteralPath', 'Where', 'Property', 'OrderBy', 'Key', 'Mode',
            'CreateTable', 'ColumnType', 'NullText', 'BatchId', 'RejectInto', 'RejectPath', 'MaxReject', 'CommitEvery', 'BatchSize', 'Timeout', 'Name', 'InputObject', 'As', 'PlanOnly', 'First', 'Skip', 'All', 'Set',
            'Parameter', 'Type', 'Server', 'Port', 'Database', 'Credential', 'Option', 'Profile', 'ConnectionString', 'Quiet', 'ScriptBlock', 'IsolationLevel',
            'Format', 'Delimiter', 'Encoding', 'NoClobber', 'Force', 'Header', 'NoHeader', 'OnNewColumn', 'Left', 'Right', 'On', 'JoinType', 'Suffix', 'MemoryLimit', 'ExpiresAfter', 'Lease',
            'MinimumRows', 'NewerThan', 'Remove', 'Expired', 'Abandoned', 'Scope', 'UserName', 'Password', 'AllowPlainSecret',
            'Master', 'SparkHome', 'Jar', 'Package', 'WorkPath', 'Engine', 'View', 'AsView', 'PartitionColumn', 'Partitions', 'AllowSkew'
        $own.Name | Where-Object { $_ -notin $vocabulary } | Should -BeNullOrEmpty
    }

    It 'asks before it writes' {
        $asks = $Command.Verb -in 'Save', 'Update', 'Remove', 'Copy', 'Join', 'Import', 'Export', 'Invoke', 'New', 'Complete', 'Undo', 'Set', 'Submit'
        $Command.Parameters.ContainsKey('WhatIf') | Should -Be $asks
        $attribute = $Command.ImplementingType.GetCustomAttributes([Management.Automation.CmdletAttribute], $true)[0]
        if ($asks) { $attribute.ConfirmImpact | Should -Be 'Medium' }
    }

    It 'says what it returns' {
        if ($Command.Verb -notin 'Disconnect', 'Start', 'Stop', 'Complete', 'Undo', 'Remove', 'Set' -or $Command.Noun -eq 'DbBatch') { $Command.OutputType | Should -Not -BeNullOrEmpty }
    }
}

Describe 'Format views' {
    It 'show <Type> as a table' -ForEach @(
        @{ Type = 'DbAdapterSession'; Has = 'Name', 'State', 'Location' }
        @{ Type = 'DbWriteResult'; Has = 'Rows', 'Rows/s', 'Path' }
        @{ Type = 'DbExportResult'; Has = 'Rows', 'Bytes', 'Format', 'Path' }
        @{ Type = 'DbStash'; Has = 'Version', 'State', 'Rows' }
        @{ Type = 'DbStashLease'; Has = 'Fence', 'Until' }
        @{ Type = 'DbTable'; Has = 'Table', 'Columns', 'Key' }
        @{ Type = 'DbColumn'; Has = 'NativeType', 'Nullable' }
        @{ Type = 'DbMeasure'; Has = 'Count' }
        @{ Type = 'DbAdapterTest'; Has = 'Latency(ms)', 'Success' }
    ) {
        $session = Connect-DbAdapter -Type Sqlite -Database :memory:
        $thing = switch ($Type) {
            DbAdapterSession { $session }
            DbWriteResult { @{ id = 1 } | Save-DbBatch -Into t -CreateTable }
            DbExportResult { Export-DbBatch -Query 'select 1 a' -Path (Join-Path $TestDrive a.csv) }
            DbStash { @{ id = 1 } | Save-DbStash s }
            DbStashLease { Lock-DbStash s }
            DbTable { New-DbTable t -ColumnType @{ id = 'int' } }
            DbColumn { (New-DbTable t -ColumnType @{ id = 'int' }).Columns }
            DbMeasure { $null = New-DbTable t -ColumnType @{ id = 'int' }; Measure-DbBatch t }
            DbAdapterTest { Test-DbAdapter }
        }
        $shown = $thing | Out-String -Width 200
        foreach ($title in $Has) { $shown | Should -BeLike "*$title*" }
        @($shown.Trim() -split '\r?\n').Count | Should -Be 3 -Because 'it is a heading, a line and one row'
        Disconnect-DbAdapter
    }
}
