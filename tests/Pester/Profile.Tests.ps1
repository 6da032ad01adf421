BeforeAll {
    Import-Module "$PSScriptRoot/../../out/DbConductor" -Force
    $ErrorActionPreference = 'Stop'
    $script:kept = @{ XDG_CONFIG_HOME = $env:XDG_CONFIG_HOME; APPDATA = $env:APPDATA; HOME = $env:HOME; PSModulePath = $env:PSModulePath }

    function Get-UserFile { if ($IsMacOS) { "$home2/Library/Application Support/dbconductor/dbconductor.json" } else { "$home2/dbconductor/dbconductor.json" } }

    # every form in which PowerShell can show an object
    function Show-All($value) {
        @($value | Out-String; $value | Format-List * -Force | Out-String; $value | ConvertTo-Json -Depth 3; $value | ConvertTo-Csv; "$value"
            [System.Management.Automation.PSSerializer]::Serialize($value)) -join "`n"
    }

    # an error reaches the whole session through its invocation: JSON of one would have no end
    function Show-Error($record) {
        @($record | Out-String; $record | Format-List * -Force | Out-String; $record.Exception | Format-List * -Force | Out-String
            Get-Error -InputObject $record | Out-String; $record.Exception.ToString()) -join "`n"
    }
}

AfterAll {
    foreach ($name in $kept.Keys) { [Environment]::SetEnvironmentVariable($name, $kept[$name]) }
}

Describe 'Profiles' {
    BeforeEach {
        $script:home2 = Join-Path $TestDrive (New-Guid)
        $script:project = Join-Path $TestDrive (New-Guid)
        $null = New-Item -ItemType Directory $home2, "$project/deep"
        if ($IsMacOS) { $env:HOME = $home2 } elseif ($IsWindows) { $env:APPDATA = $home2 } else { $env:XDG_CONFIG_HOME = $home2 }
        Push-Location "$project/deep"
    }

    AfterEach {
        Pop-Location
        Get-ChildItem env:DBCONDUCTOR__* | Remove-Item
    }

    It 'keeps what is set in the user''s file and gives it back' {
        Set-DbProfile wh -Type PostgreSql -Server db1 -Port 5433 -Database air -UserName me -Password env:WH_PW -Option @{ 'Search Path' = 'a'; Pooling = $false } -Timeout 30s
        Get-UserFile | Should -Exist
        $read = Get-DbProfile WH
        $read | Should -BeOfType DbConductor.PowerShell.DbProfile
        $read.Name, $read.Type, $read.Server, $read.Port, $read.Database, $read.UserName, $read.Password | Should -Be @('wh', 'PostgreSql', 'db1', 5433, 'air', 'me', 'env:WH_PW')
        $read.Option['pooling'], $read.Option['Search Path'], $read.Timeout | Should -Be @('False', 'a', [timespan]'00:00:30')
        $read.Scope | Should -Be User
        $read.Source['server'] | Should -Be (Get-UserFile)
    }

    It 'changes the given settings only, and takes away what is emptied' {
        Set-DbProfile wh -Type PostgreSql -Server db1 -Port 1 -Timeout 5 -Option @{ a = 1; b = 2 }
        Set-DbProfile wh -Server db2 -Port 0 -Timeout 0 -Option @{ a = $null }
        $read = Get-DbProfile wh
        $read.Type, $read.Server, $read.Port, $read.Timeout, $read.Option.Count | Should -Be @('PostgreSql', 'db2', $null, $null, 1)
    }

    It 'lays project, environment over the user''s file, found from PowerShell''s location and not the process''s' {
        Set-DbProfile wh -Type PostgreSql -Server user -Database user -UserName user
        Push-Location $project
        Set-DbProfile wh -Scope Project -Database project -UserName project
        Pop-Location
        "$project/dbconductor.json" | Should -Exist
        $env:DBCONDUCTOR__PROFILES__WH__USERNAME = 'env'
        $read = Get-DbProfile wh
        $read.Server, $read.Database, $read.UserName | Should -Be @('user', 'project', 'env')
        $read.Scope | Should -Be @('User', 'Project', 'Environment')
        Push-Location $TestDrive
        (Get-DbProfile wh).Database | Should -Be 'user'
        Pop-Location
    }

    It 'lists by wildcard, and only a name that is missing is an error' {
        'a1', 'a2', 'b' | ForEach-Object { Set-DbProfile $_ -Type Sqlite }
        (Get-DbProfile a*).Name | Should -Be @('a1', 'a2')
        Get-DbProfile zz* | Should -BeNullOrEmpty
        $found = Get-DbProfile b, nope, a1 -ErrorAction SilentlyContinue -ErrorVariable missing
        $found.Name | Should -Be @('b', 'a1')
        $missing.FullyQualifiedErrorId | Should -Be 'DbConductor.NotFound,DbConductor.PowerShell.GetDbProfileCommand'
        $missing.CategoryInfo.Category, $missing.TargetObject | Should -Be @('ObjectNotFound', 'nope')
    }

    It 'lists the others where one is not as it must be' {
        Set-DbProfile good -Type Sqlite
        $env:DBCONDUCTOR__PROFILES__BAD__SEVRER = 'x'
        (Get-DbProfile -ErrorAction SilentlyContinue -ErrorVariable bad).Name | Should -Be 'good'
        $bad.Exception.Message | Should -BeLike "*'BAD' has a setting 'SEVRER'*Did you mean server?*"
    }

    It 'writes nothing with -WhatIf' {
        Set-DbProfile wh -Type Sqlite -WhatIf
        Get-UserFile | Should -Not -Exist
        Set-DbProfile wh -Type Sqlite
        Remove-DbProfile wh -WhatIf
        (Get-DbProfile wh).Type | Should -Be 'Sqlite'
    }

    It 'removes by name and by pipeline, from the file that is meant' {
        'a', 'b', 'c' | ForEach-Object { Set-DbProfile $_ -Type Sqlite }
        Remove-DbProfile a
        Get-DbProfile b | Remove-DbProfile
        (Get-DbProfile).Name | Should -Be 'c'
        { Remove-DbProfile c -Scope Project -ErrorAction Stop } | Should -Throw -ErrorId 'DbConductor.NotFound,*' -ExpectedMessage '*comes from User*'
    }

    It 'keeps no secret in plain text unasked, and shows none when asked' {
        $secure = ConvertTo-SecureString 'hush-hush' -AsPlainText -Force
        $credential = [pscredential]::new('me', $secure)
        foreach ($secret in @{ Credential = $credential }, @{ Password = $secure }, @{ Password = 'hush-hush' }, @{ ConnectionString = 'Host=h;Password=hush-hush' }, @{ Option = @{ 'SSL Password' = 'hush-hush' } }) {
            { Set-DbProfile wh -Type PostgreSql @secret } | Should -Throw -ErrorId 'DbConductor.InvalidArgument,*' -ExpectedMessage '*env:NAME, file:path or secret:vault/name*-AllowPlainSecret*'
            Show-Error $Error[0] | Should -Not -BeLike '*hush-hush*'
            Get-UserFile | Should -Not -Exist
            $verbose = Set-DbProfile wh -Type PostgreSql @secret -AllowPlainSecret -Verbose 4>&1 5>&1
            "$verbose" | Should -Not -BeLike '*hush-hush*'
            Get-UserFile | Should -FileContentMatch 'hush-hush'
            $shown = Get-DbProfile wh
            Show-All $shown | Should -Not -BeLike '*hush-hush*'
            Show-All $shown | Should -BeLike '*h*'
            Remove-Item (Get-UserFile)
        }
    }

    It 'says where a file is not JSON, without what stands there' {
        Set-Content "$project/dbconductor.json" "{`n `"profiles`": hush-hush }"
        { Get-DbProfile } | Should -Throw -ErrorId 'DbConductor.InvalidArgument,*' -ExpectedMessage "*$project*line 2*"
        (Get-Error -Newest 1 | Out-String) | Should -Not -BeLike '*hush*'
    }

    It 'warns of a file that others can read and that holds a secret' {
        if ($IsWindows) { Set-ItResult -Skipped -Because 'Windows has no file modes'; return }
        Set-DbProfile wh -Type PostgreSql -Password hush -AllowPlainSecret
        chmod 644 (Get-UserFile)
        Get-DbProfile wh -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeLike "*chmod 600 '$(Get-UserFile)'*"
    }

    It 'does not give the user''s secret to a server that the project names' {
        Set-DbProfile wh -Type PostgreSql -Server good -Password env:WH_PW
        Set-DbProfile wh -Scope Project -Server evil
        $read = Get-DbProfile wh -WarningVariable warned -WarningAction SilentlyContinue
        $read.Server, $read.Password | Should -Be @('evil', $null)
        $warned | Should -BeLike '*password of profile*is not used*changes its server*'
    }

    It 'completes names' {
        'warehouse', 'with blank' | ForEach-Object { Set-DbProfile $_ -Type Sqlite }
        (TabExpansion2 'Get-DbProfile w').CompletionMatches.CompletionText | Should -Be @('warehouse', "'with blank'")
    }

    It 'refuses a duration without a unit and a port that cannot be' {
        { Set-DbProfile wh -Timeout 1.5 } | Should -Throw -ExpectedMessage '*30s*'
        { Set-DbProfile wh -Port 70000 } | Should -Throw
    }

    It 'shows a table of the main settings' {
        Set-DbProfile wh -Type PostgreSql -Server db1 -Port 5433 -Password env:WH_PW
        Get-DbProfile wh | Out-String | Should -Match 'wh +PostgreSql +db1 +5433 .*env:WH_PW +User'
    }

    Context 'Connect-DbAdapter -Profile' {
        AfterEach { Get-DbAdapter | Disconnect-DbAdapter }

        It 'names the session after the profile and finds a file from where it was set' {
            Set-DbProfile air -Type Sqlite -Database ./air.db
            Set-DbProfile shared -Type sqlite3 -Database ../data.db -Scope Project
            Push-Location $TestDrive
            $session = Connect-DbAdapter -Profile AIR
            Pop-Location
            $session.Name | Should -Be 'air'
            $session.Location | Should -Be (Join-Path $PWD.ProviderPath air.db)
            (Connect-DbAdapter -Profile shared -Name other).Name | Should -Be 'other'
            (Get-DbAdapter other).Location | Should -Be (Join-Path $project data.db)
            Get-Content ./dbconductor.json -Raw | Should -Match ([regex]::Escape('"database": "../data.db"'))
        }

        It 'takes parameters over the profile''s settings' {
            Set-DbProfile air -Type Sqlite -Database ./air.db
            (Connect-DbAdapter -Profile air -Database ':memory:').Location | Should -Be ':memory:'
            { Connect-DbAdapter -Profile air -Option @{ Nonsense = 1 } } | Should -Throw -ExpectedMessage '*Nonsense*'
        }

        It 'says which profiles there are' {
            Set-DbProfile warehouse -Type Sqlite
            { Connect-DbAdapter -Profile warehose } | Should -Throw -ErrorId 'DbConductor.NotFound,*' -ExpectedMessage '*Did you mean warehouse?*'
        }

        It 'follows a reference given as -ConnectionString' {
            $env:DBCONDUCTOR_PESTER = 'Data Source=:memory:'
            (Connect-DbAdapter -Type Sqlite -ConnectionString env:DBCONDUCTOR_PESTER).Location | Should -Be ':memory:'
        }

        It 'shows no secret when connecting fails' {
            Set-DbProfile pg -Type PostgreSql -Server 127.0.0.1 -Port 1 -UserName me -Password hush-hush -AllowPlainSecret
            $DebugPreference = $VerbosePreference = 'Continue'
            $said = { Connect-DbAdapter -Profile pg -Timeout 2 } | ForEach-Object { try { & $_ *>&1 } catch { Show-Error $_ } } | Out-String
            $said | Should -Match 'DbConductor\.'
            $said | Should -Not -BeLike '*hush*'
        }

        It 'leaves no object of the driver on the error' {
            Set-DbProfile pg -Type PostgreSql -Server 127.0.0.1 -Port 1
            try { Connect-DbAdapter -Profile pg -Timeout 2 } catch { $failure = $_.Exception }
            # the core lives in a load context of its own, where a type's name does not lead
            $failure.InnerException.GetType().FullName | Should -Be 'DbConductor.DriverException'
            $failure.InnerException.DriverType | Should -BeLike 'Npgsql.*'
        }
    }

    Context 'secret:vault/name' {
        BeforeAll {
            # stands in for SecretManagement: any module of that name which has a Get-Secret
            $script:modules = Join-Path $TestDrive modules
            $module = Join-Path $modules Microsoft.PowerShell.SecretManagement
            $null = New-Item -ItemType Directory $module
            Set-Content (Join-Path $module Microsoft.PowerShell.SecretManagement.psm1) @'
function Get-Secret {
    [CmdletBinding()]
    param([string] $Name, [string] $Vault)
    $secure = ConvertTo-SecureString 'Data Source=:memory:' -AsPlainText -Force
    switch ("$Vault/$Name") {
        'ops/text' { 'Data Source=:memory:' }
        '/secure' { $secure }
        'ops/credential' { [pscredential]::new('me', $secure) }
        'ops/bytes' { , [Text.Encoding]::UTF8.GetBytes('Data Source=:memory:') }
        'ops/enumerated' { [Text.Encoding]::UTF8.GetBytes('Data Source=:memory:') }
        'ops/table' { @{ username = 'me'; password = $secure } }
        'ops/odd' { @{ other = 'hush-hush' } }
        'ops/two' { 'hush-hush', 'hush-hush' }
        'ops/none' { }
        default { Write-Error "The secret $Name was not found; Password=hush-hush" }
    }
}
'@
            New-ModuleManifest (Join-Path $module Microsoft.PowerShell.SecretManagement.psd1) -RootModule Microsoft.PowerShell.SecretManagement.psm1 -FunctionsToExport Get-Secret
        }

        BeforeEach { $env:PSModulePath = $modules + [IO.Path]::PathSeparator + $kept.PSModulePath }

        AfterEach {
            $env:PSModulePath = $kept.PSModulePath
            Remove-Module Microsoft.PowerShell.SecretManagement -ErrorAction Ignore
            Get-DbAdapter | Disconnect-DbAdapter
        }

        It 'reads <_>' -ForEach 'ops/text', 'secure', 'ops/credential', 'ops/bytes', 'ops/enumerated', 'ops/table' {
            Set-DbProfile air -Type Sqlite -ConnectionString "secret:$_"
            (Connect-DbAdapter -Profile air).Location | Should -Be ':memory:'
            (Get-DbProfile air).ConnectionString | Should -Be "secret:$_"
        }

        It 'is asked by a name''s own value and not as code' {
            Set-DbProfile air -Type Sqlite -ConnectionString "secret:ops/';exit;'"
            { Connect-DbAdapter -Profile air } | Should -Throw -ExpectedMessage "*;exit;* was not found*"
        }

        It 'says of <_> that it cannot be used, and shows nothing of it' -ForEach 'ops/odd', 'ops/two', 'ops/none', 'ops/missing' {
            Set-DbProfile air -Type Sqlite -ConnectionString "secret:$_"
            { Connect-DbAdapter -Profile air } | Should -Throw -ErrorId 'DbConductor.*' -ExpectedMessage "*secret:$_*"
            Show-Error $Error[0] | Should -Not -BeLike '*hush*'
        }

        It 'says how to get the module where it is missing' {
            $env:PSModulePath = $kept.PSModulePath
            if (Get-Module -ListAvailable Microsoft.PowerShell.SecretManagement) { Set-ItResult -Skipped -Because 'the module is installed here' }
            Set-DbProfile air -Type Sqlite -ConnectionString secret:ops/text
            { Connect-DbAdapter -Profile air } | Should -Throw -ErrorId 'DbConductor.NotFound,*' -ExpectedMessage '*Install-Module Microsoft.PowerShell.SecretManagement*env:NAME*'
        }
    }
}
