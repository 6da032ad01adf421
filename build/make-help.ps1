# Makes the module's help file of docs/cmdlets: one page per cmdlet, and parameters.md for what a parameter means on every cmdlet. Syntax, types and
# aliases come from the built module, so that they are never wrong.
param([string] $Module, [string] $Pages)
$ErrorActionPreference = 'Stop'
$file = Join-Path $Module en-US 'DbConductor.PowerShell.dll-Help.xml'

# Markdown's marks mean nothing to Get-Help
function ConvertTo-Plain([string] $Text) { $Text -replace '\[([^\]]+)\]\([^)]+\)', '$1' -replace '`', '' -replace '\*\*', '' }

# Paragraphs; an item of a list is one of its own.
function Get-Paragraph([string] $Text) {
    $Text.Trim() -split '\n\s*\n|\n(?=- )' | Where-Object { $_.Trim() } | ForEach-Object { ConvertTo-Plain ($_.Trim() -replace '\s*\n\s*', ' ') }
}

# The sections under headings of one level, by their names, in order; what stands before the first one under ''.
function Split-Section([string] $Text, [int] $Level) {
    $sections = [ordered]@{}
    $name = ''
    $code = $false
    foreach ($line in $Text -split '\r?\n') {
        if ($line.StartsWith('```')) { $code = -not $code }
        if (-not $code -and $line -cmatch "^#{$Level} (.+)") { $name = $Matches[1].Trim(); $sections[$name] = '' }
        else { $sections[$name] = "$($sections[$name])$line`n" }
    }

    $sections
}

# Content sees the caller's variables but for those that are named here.
function Write-Element([string] $Element, [scriptblock] $Content, [hashtable] $Attributes = @{}) {
    $prefix, $local = $Element -split ':'
    $writer.WriteStartElement($prefix, $local, $namespaces[$prefix])
    foreach ($key in $Attributes.Keys) { $writer.WriteAttributeString($key, $Attributes[$key]) }
    & $Content
    $writer.WriteEndElement()
}

function Write-Text([string] $Name, [string] $Text, [hashtable] $Attributes = @{}) { Write-Element $Name { $writer.WriteString($Text) } $Attributes }

function Write-Paragraph([string] $Name, [string] $Text) { Write-Element $Name { Get-Paragraph $Text | ForEach-Object { Write-Text maml:para $_ } } }

function Write-Type([string] $Name) { Write-Element dev:type { Write-Text maml:name $Name } }

# 'name' or 'name: description', one to an item of a list
function Write-Typed([string] $Outer, [string] $Inner, [string] $Text) {
    Write-Element $Outer {
        foreach ($item in Get-Paragraph $Text) {
            $type, $words = ($item -replace '^- ') -split ': ', 2
            Write-Element $Inner { Write-Type $type; Write-Paragraph maml:description $words }
        }
    }
}

function Write-Parameter($Parameter, [string] $Text) {
    $type = $Parameter.ParameterType
    $pipeline = @(if ($Parameter.ValueFromPipeline) { 'ByValue' }; if ($Parameter.ValueFromPipelineByPropertyName) { 'ByPropertyName' })
    Write-Element command:parameter -Attributes @{
        required = "$($Parameter.IsMandatory)".ToLowerInvariant()
        globbing = "$([bool]($Parameter.Attributes.TypeId -contains [SupportsWildcards]))".ToLowerInvariant()
        pipelineInput = if ($pipeline) { "True ($($pipeline -join ', '))" } else { 'False' }
        position = if ($Parameter.Position -ge 0) { "$($Parameter.Position)" } else { 'named' }
        aliases = if ($Parameter.Aliases) { $Parameter.Aliases -join ', ' } else { 'none' }
    } -Content {
        Write-Text maml:name $Parameter.Name
        Write-Paragraph maml:description $Text
        $values = $Parameter.Attributes.Where({ $_ -is [ValidateSet] }).ForEach({ $_.ValidValues })
        if ($values) { Write-Element command:parameterValueGroup { $values | ForEach-Object { Write-Text command:parameterValue $_ @{ required = 'false'; variableLength = 'false' } } } }
        if ($type -ne [switch]) {
            $type = [Nullable]::GetUnderlyingType($type) ?? $type
            Write-Text command:parameterValue ([Microsoft.PowerShell.ToStringCodeMethods]::Type($type) -replace '^.*\.') @{ required = 'true'; variableLength = 'false' }
        }

        Write-Type $type.FullName
    }
}

function Write-Command($Command, [string] $Page) {
    $top = Split-Section $Page 2
    $sections = @{}
    foreach ($name in $top.Keys) { $sections[$name] = $top[$name] }
    $own = Split-Section "$($sections['Parameters'])" 3
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters
    $meaning = @{}
    foreach ($name in $Command.Parameters.Keys.Where({ $_ -notin $common })) {
        $meaning[$name] = if ($own["-$name"]) { $own["-$name"] } elseif ($vocabulary["-$name"]) { $vocabulary["-$name"] } else { throw "$Command -${name} is explained neither on its page nor in parameters.md" }
    }

    $stray = $own.Keys.Where({ $_ -and $_.TrimStart('-') -notin $Command.Parameters.Keys })
    if ($stray) { throw "$Command has no parameter $stray, which its page explains" }

    Write-Element command:command {
        Write-Element command:details {
            Write-Text command:name $Command.Name
            Write-Text command:verb $Command.Verb
            Write-Text command:noun $Command.Noun
            Write-Paragraph maml:description ($sections[''] -replace '(?m)^# .*$')
        }
        Write-Paragraph maml:description $sections['Description']
        Write-Element command:syntax {
            foreach ($set in $Command.ParameterSets | Sort-Object { -not $_.IsDefault }) {
                Write-Element command:syntaxItem {
                    Write-Text maml:name $Command.Name
                    # as Get-Command orders them: by position, then what is needed
                    foreach ($parameter in $set.Parameters.Where({ $_.Name -notin $common }) |
                        Sort-Object { $_.Position -lt 0 }, Position, { -not $_.IsMandatory }, { $_.Name -in 'WhatIf', 'Confirm' } -Stable) {
                        Write-Parameter $parameter $meaning[$parameter.Name]
                    }
                }
            }
        }
        Write-Element command:parameters {
            foreach ($name in $meaning.Keys | Sort-Object) {
                Write-Parameter @($Command.ParameterSets.Parameters.Where({ $_.Name -eq $name }) | Sort-Object { -not $_.IsMandatory })[0] $meaning[$name]
            }
        }
        Write-Typed command:inputTypes command:inputType $sections['Inputs']
        Write-Typed command:returnValues command:returnValue $sections['Outputs']
        if ($sections['Notes']) {
            Write-Element maml:alertSet { Write-Element maml:alert { Get-Paragraph $sections['Notes'] | ForEach-Object { Write-Text maml:para $_ } } }
        }

        $examples = Split-Section $sections['Examples'] 3
        Write-Element command:examples {
            $number = 0
            foreach ($title in $examples.Keys.Where({ $_ })) {
                $null, $code, $remarks = $examples[$title] -split '(?m)^```\w*\n?', 3
                $number++
                Write-Element command:example {
                    Write-Text maml:title "Example ${number}: $(ConvertTo-Plain $title)"
                    Write-Text dev:code $code.TrimEnd()
                    Write-Paragraph dev:remarks $remarks
                }
            }
        }
        Write-Element command:relatedLinks {
            foreach ($link in Get-Paragraph $sections['Related']) { Write-Element maml:navigationLink { Write-Text maml:linkText ($link -replace '^- '); Write-Text maml:uri '' } }
        }
    }
}

$namespaces = @{
    command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
    maml = 'http://schemas.microsoft.com/maml/2004/10'
    dev = 'http://schemas.microsoft.com/maml/dev/2004/10'
}
$vocabulary = Split-Section (Get-Content (Join-Path $Pages parameters.md) -Raw) 2
$commands = (Import-Module (Join-Path $Module DbConductor.psd1) -PassThru).ExportedCmdlets.Values | Sort-Object Name
$null = New-Item (Split-Path $file) -ItemType Directory -Force
$writer = [System.Xml.XmlWriter]::Create($file, [System.Xml.XmlWriterSettings]@{ Indent = $true })
try {
    $writer.WriteStartElement('helpItems', 'http://msh')
    $writer.WriteAttributeString('schema', 'maml')
    foreach ($command in $commands) { Write-Command $command (Get-Content (Join-Path $Pages "$command.md") -Raw) }
    $writer.WriteEndElement()
}
finally { $writer.Dispose() }
