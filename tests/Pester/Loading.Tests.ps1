BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
    $assembly = [DbConductor.PowerShell.DbAdapterSession].Assembly

    # Runs a script in a PowerShell of its own and returns what it writes.
    function Invoke-Fresh([string] $Script) {
        & $PowerShell @PowerShellFirst -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; $Script"
        if ($LASTEXITCODE) { throw "It ended with exit code $LASTEXITCODE." }
    }

    # A library of that name in version 1.0.0.0, made with PowerShell's own compiler: Add-Type itself gives its libraries random names.
    function New-OldLibrary([string] $Path) {
        Add-Type -TypeDefinition "public class Loads$([guid]::NewGuid().ToString('N')) { }"
        $code = '[assembly: System.Reflection.AssemblyVersion("1.0.0.0")] namespace Old { public class Marker { } }'
        $compilation = [Microsoft.CodeAnalysis.CSharp.CSharpCompilation]::Create(
            [IO.Path]::GetFileNameWithoutExtension($Path),
            [Microsoft.CodeAnalysis.SyntaxTree[]] [Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree]::ParseText($code),
            [Microsoft.CodeAnalysis.MetadataReference[]] [Microsoft.CodeAnalysis.MetadataReference]::CreateFromFile([object].Assembly.Location),
            [Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions]::new([Microsoft.CodeAnalysis.OutputKind]::DynamicallyLinkedLibrary))
        $file = [IO.File]::Create($Path)
        try { $compilation.Emit($file).Success | Should -BeTrue }
        finally { $file.Dispose() }
    }
}

Describe 'Importing' {
    It 'exports what the manifest says, and nothing else' {
        $manifest = Import-PowerShellDataFile $ModulePath
        $module = Get-Module DbConductor
        $module.ExportedCmdlets.Keys | Sort-Object | Should -Be ($manifest.CmdletsToExport | Sort-Object)
        $module.ExportedFunctions.Count + $module.ExportedAliases.Count + $module.ExportedVariables.Count | Should -Be 0
    }

    It 'has a valid manifest, for PowerShell 7.4 and up' {
        $manifest = Test-ModuleManifest $ModulePath
        $manifest.PowerShellVersion | Should -Be '7.4'
        $manifest.CompatiblePSEditions | Should -Be 'Core'
    }

    It 'can be repeated, forced, removed and done again, and sessions live on' {
        Invoke-Fresh @"
            Import-Module '$ModulePath'
            `$null = Connect-DbAdapter -Type Sqlite -Database :memory:
            Import-Module '$ModulePath'
            Import-Module '$ModulePath' -Force
            Remove-Module DbConductor
            Import-Module '$ModulePath'
            (Get-Command -Module DbConductor).Count -gt 15
            Invoke-DbQuery 'select 42' -As SingleValue
"@ | Should -Be 'True', '42'
    }

    It 'works in many runspaces at once, from the first use on' {
        Invoke-Fresh @"
            1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module '$ModulePath'
                `$null = Connect-DbAdapter -Type Sqlite -Database :memory:
                Invoke-DbQuery 'select 1' -As SingleValue
            } | Measure-Object -Sum | ForEach-Object Sum
"@ | Should -Be 8
    }

    It 'works beside a module with an older copy of <Dependency>, whichever comes first' -ForEach @(
        @{ Dependency = 'Microsoft.Extensions.Logging.Abstractions' }
        @{ Dependency = 'Microsoft.Extensions.Configuration' }
        @{ Dependency = 'Microsoft.Data.Sqlite' }
        @{ Dependency = 'SQLitePCLRaw.core' }
    ) {
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive "Old.$Dependency")
        $library = Join-Path $folder "$Dependency.dll"
        New-OldLibrary $library
        New-ModuleManifest (Join-Path $folder "Old.$Dependency.psd1") -RequiredAssemblies "$Dependency.dll"
        $other = "Import-Module '$folder'"
        $ours = @"
            Import-Module '$ModulePath'
            `$DebugPreference = 'Continue'
            `$null = Connect-DbAdapter -Type Sqlite -Database :memory: 5>`$null
            Invoke-DbQuery 'select 42' -As SingleValue 5>`$null
"@
        $copies = "([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -eq '$Dependency' }).ForEach{ `$_.GetName().Version.Major } | Sort-Object | Select-Object -First 1; [Old.Marker].Name"
        Invoke-Fresh "$other; $ours; $copies" | Should -Be '42', '1', 'Marker'
        Invoke-Fresh "$ours; $other; $copies" | Should -Be '42', '1', 'Marker'
    }

    It 'leaves nothing of ours but the core in the default load context' {
        Invoke-Fresh @"
            `$before = [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | ForEach-Object { `$_.GetName().Name }
            Import-Module '$ModulePath'
            `$null = Connect-DbAdapter -Type Sqlite -Database :memory:
            [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | ForEach-Object { `$_.GetName().Name } |
                Where-Object { `$_ -notin `$before -and `$_ -notmatch '^(System\.|Microsoft\.PowerShell\.|Anonymously|netstandard|Microsoft\.(Win32|CSharp))' }
"@ | Should -Be 'DbConductor.PowerShell'
    }
}

Describe 'The cmdlet assembly' {
    # PowerShell looks at the public types before the module can show it the way to the core
    It 'has no public type that needs the core to load' {
        foreach ($type in $assembly.GetExportedTypes()) {
            for ($base = $type.BaseType; $base; $base = $base.BaseType) { $base.Assembly.GetName().Name | Should -Not -BeLike 'DbConductor.Core' -Because "$type derives from it" }
            foreach ($interface in $type.GetInterfaces()) { $interface.Assembly.GetName().Name | Should -Not -BeLike 'DbConductor.Core' -Because "$type implements it" }
            foreach ($field in $type.GetFields('Instance,Static,Public,NonPublic,DeclaredOnly')) {
                if ($field.FieldType.IsValueType) { $field.FieldType.Assembly.GetName().Name | Should -Not -BeLike 'DbConductor.Core' -Because "$type has a field $field" }
            }
        }
    }

    It 'shows nothing but its own, PowerShell''s and the platform''s types' {
        $allowed = $assembly, [psobject].Assembly
        $foreign = foreach ($type in $assembly.GetExportedTypes()) {
            foreach ($property in $type.GetProperties()) { [pscustomobject]@{ Member = "$type.$($property.Name)"; Shown = $property.PropertyType } }
            foreach ($method in $type.GetMethods('Instance,Static,Public,DeclaredOnly')) {
                foreach ($shown in @($method.ReturnType; $method.GetParameters().ForEach{ $_.ParameterType })) { [pscustomobject]@{ Member = "$type.$($method.Name)"; Shown = $shown } }
            }
        }
        $platform = Split-Path ([object].Assembly.Location)
        $shown = $foreign | ForEach-Object { $type = $_.Shown; while ($type.HasElementType) { $type = $type.GetElementType() }; [pscustomobject]@{ Member = $_.Member; Shown = $type } }
        $shown | Where-Object { -not $_.Shown.IsGenericParameter -and $_.Shown.Assembly -notin $allowed -and $_.Shown.Assembly.Location -notlike "$platform*" } |
            ForEach-Object { "$($_.Member): $($_.Shown)" } | Should -BeNullOrEmpty
    }

    It 'refers to nothing that PowerShell 7.4 lacks, but for what it resolves itself' {
        $assembly.GetReferencedAssemblies() | Where-Object {
            $_.Name -notin 'System.Management.Automation', 'DbConductor.Core', 'System.Text.Json' -and -not ($_.Name -like 'System.*' -and $_.Version.Major -le 8)
        } | Should -BeNullOrEmpty
    }
}
