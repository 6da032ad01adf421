BeforeDiscovery {
    . $PSScriptRoot/TestAdapters.ps1
    $cmdlets = (Get-Module DbConductor).ExportedCmdlets.Values.Name | Sort-Object
    $examples = foreach ($name in $cmdlets) {
        foreach ($example in (Get-Help $name).examples.example) {
            $code = ($example.introduction.Text + $example.code) -join "`n"
            @{ Cmdlet = $name; Title = "$($example.title)".Trim('- '); Code = $code; NeedsServer = $example.title -like '*(needs *)*'; NeedsSpark = $example.title -like '*(needs Spark)*' }
        }
    }
}
BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
}

Describe 'Help of <_>' -ForEach $cmdlets {
    BeforeAll {
        $name = $_
        $help = Get-Help $name
        function Get-Text($Paragraphs) { ($Paragraphs.Text -join ' ').Trim() }
    }

    It 'has a synopsis, a description, and says what comes in and out' {
        # without a help file the synopsis is the syntax
        $help.Synopsis | Should -Not -BeLike "*$name*"
        $help.Synopsis.Trim() | Should -BeLike '?*.'
        (Get-Text $help.description).Length | Should -BeGreaterThan 40
        $help.inputTypes.inputType.type.name | Should -Not -BeNullOrEmpty
        $help.returnValues.returnValue.type.name | Should -Not -BeNullOrEmpty
    }

    It 'names only types that there are' {
        foreach ($type in @($help.inputTypes.inputType.type.name) + @($help.returnValues.returnValue.type.name) | Where-Object { $_ -ne 'None' }) {
            $type -as [type] | Should -Not -BeNullOrEmpty -Because $type
        }
    }

    It 'describes every parameter, and no other' {
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters
        $expected = (Get-Command $name).Parameters.Keys | Where-Object { $_ -notin $common } | Sort-Object
        $help.parameters.parameter.name | Sort-Object | Should -Be $expected
        foreach ($parameter in $help.parameters.parameter) { (Get-Text $parameter.description).Length | Should -BeGreaterThan 7 -Because $parameter.name }
    }

    It 'shows the syntax of every parameter set' {
        @($help.syntax.syntaxItem).Count | Should -Be (Get-Command $name).ParameterSets.Count
    }

    It 'has at least two examples, and links to what there is' {
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        $links = $help.relatedLinks.navigationLink.linkText
        $links | Should -Not -BeNullOrEmpty
        # a name that is no topic would search through all of them
        foreach ($link in $links) { @(Get-Help $link -ErrorAction Stop).Name | Should -Be $link }
    }
}

Describe 'A parameter means the same on every cmdlet' {
    It 'has at most two texts, for where a cmdlet has to add something' {
        $texts = (Get-Module DbConductor).ExportedCmdlets.Values.Name | ForEach-Object { (Get-Help $_).parameters.parameter } | Where-Object name -ne 'Name'
        foreach ($group in $texts | Group-Object name) {
            # rows, handles of the noun, or files; how long work may take, connecting, or waiting for others
            $most = if ($group.Name -in 'InputObject', 'Timeout') { 3 } else { 2 }
            @($group.Group | ForEach-Object { $_.description.Text -join ' ' } | Select-Object -Unique).Count | Should -BeLessOrEqual $most -Because $group.Name
        }
    }
}

Describe 'Topics' {
    It 'has <_>' -ForEach 'about_DbConductor', 'about_DbConductor_Batches', 'about_DbConductor_Credentials', 'about_DbConductor_Spark' {
        "$(Get-Help $_)" | Should -BeLike '*SHORT DESCRIPTION*'
    }
}

# Each in a folder of its own with airports.csv, a session 'default' that has its table and an empty session 'warehouse', as about_DbConductor says.
Describe 'Examples' {
    BeforeAll {
        $csv = Join-Path $PSScriptRoot '../../examples/data/airports.csv'
        $template = Join-Path $TestDrive template.db
        $configHome = $env:XDG_CONFIG_HOME
        $null = Connect-DbAdapter -Type Sqlite -Database $template
        $null = Import-Csv $csv | Save-DbBatch -Into airports -Key faa -CreateTable -NullText NA -ColumnType @{ lat = 'double'; lon = 'double'; alt = 'int'; tz = 'int' }
        Disconnect-DbAdapter
    }
    AfterAll { $env:XDG_CONFIG_HOME = $configHome }
    BeforeEach {
        $env:XDG_CONFIG_HOME = $TestDrive # where Linux keeps the user's profiles
        Push-Location (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid())))
        Copy-Item $csv .
        Copy-Item $template ./air.db
        $null = Connect-DbAdapter -Type Sqlite -Database ./air.db
        $null = Connect-DbAdapter -Type Sqlite -Database ./warehouse.db -Name warehouse
    }
    AfterEach {
        Get-DbAdapter | Disconnect-DbAdapter 3>$null
        Pop-Location
    }

    It 'runs: <Cmdlet>, <Title>' -ForEach ($examples | Where-Object { -not $_.NeedsServer }) {
        $ErrorActionPreference = 'Stop'
        $Code | Should -BeLike "*$Cmdlet*"
        & ([scriptblock]::Create($Code)) 3>$null | Out-Null
        Get-DbAdapter | Where-Object InTransaction | Should -BeNullOrEmpty
    }

    It 'can be read: <Cmdlet>, <Title>' -ForEach ($examples | Where-Object NeedsServer) {
        $errors = $null
        $null = [System.Management.Automation.Language.Parser]::ParseInput($Code, [ref] $null, [ref] $errors)
        $errors | Should -BeNullOrEmpty
    }

    It 'needs a server in few of them' -TestCases @{ Few = @($examples | Where-Object { $_.NeedsServer -and -not $_.NeedsSpark }).Count; All = @($examples).Count } {
        $All | Should -BeGreaterThan 40
        $Few | Should -BeLessOrEqual 3
    }
}
