BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
}

Describe '-Where' {
    BeforeAll {
        Connect-DbAdapter -Type Sqlite -Database (Join-Path $TestDrive 'filter.db') -Name filter | Out-Null
        @(
            [pscustomobject]@{ id = 1; name = 'Ann'; age = 30; price = 9.5; active = $true; born = [datetime]'1990-01-01' }
            [pscustomobject]@{ id = 2; name = 'bob'; age = 20; price = 0.1d; active = $false; born = [datetime]'2000-06-15' }
            [pscustomobject]@{ id = 3; name = $null; age = $null; price = $null; active = $null; born = $null }
            [pscustomobject]@{ id = 4; name = '100% sure'; age = 40; price = 12.25; active = $true; born = [datetime]'1980-12-31' }
        ) | Save-DbBatch -Adapter filter -Into people -CreateTable -ColumnType @{ id = 'int'; age = 'int'; price = 'decimal(8,2)' } | Out-Null
        $threshold = 25
        $settings = [pscustomobject]@{ Limit = @{ Age = 30 }; Names = 'Ann', 'bob' }
        function Get-Id($Where) { @((Get-DbBatch -Adapter filter -From people -Where $Where -OrderBy id).id) -join ',' }
        function Get-Refusal([scriptblock]$Where) {
            try { Get-DbBatch -Adapter filter -From people -Where $Where; throw 'it was not refused' }
            catch { $_.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument*'; $_.Exception.Message }
        }
    }
    AfterAll { Disconnect-DbAdapter filter }

    It 'takes <Text>' -ForEach @(
        @{ Text = '{ $_.age -ge 30 }'; Ids = '1,4' }
        @{ Text = '{ 30 -le $_.age }'; Ids = '1,4' }
        @{ Text = '{ $_.age -gt 29.5 -and $_.age -lt 1e10 }'; Ids = '1,4' }
        @{ Text = '{ $_.age -eq 29.5 }'; Ids = '' }
        @{ Text = '{ $_.age -ne 30 }'; Ids = '2,3,4' }
        @{ Text = '{ -not ($_.age -lt 30) }'; Ids = '1,3,4' }
        @{ Text = '{ !($_.name -eq "Ann") }'; Ids = '2,3,4' }
        @{ Text = '{ $_.age -eq $null }'; Ids = '3' }
        @{ Text = '{ $null -ne $_.age }'; Ids = '1,2,4' }
        @{ Text = '{ $_.age -lt $null }'; Ids = '' }
        @{ Text = '{ -not ($null -lt $_.age) }'; Ids = '1,2,3,4' }
        @{ Text = '{ $_.name -in "Ann", "bob" }'; Ids = '1,2' }
        @{ Text = '{ $_.name -in @("Ann", $null) }'; Ids = '1,3' }
        @{ Text = '{ $_.name -notin "Ann", "bob" }'; Ids = '3,4' }
        @{ Text = '{ $_.name -in @() }'; Ids = '' }
        @{ Text = '{ $settings.Names -contains $_.name }'; Ids = '1,2' }
        @{ Text = '{ $_.name -like "*%*" }'; Ids = '4' }
        @{ Text = '{ $_.name -notlike "A*" }'; Ids = '2,3,4' }
        @{ Text = '{ $_.name -like "a*" }'; Ids = '' }
        @{ Text = '{ $_.name -ilike "a*" }'; Ids = '1' }
        @{ Text = '{ $_.name -eq "ANN" }'; Ids = '' }
        @{ Text = '{ $_.name -ieq "ANN" }'; Ids = '1' }
        @{ Text = '{ $_.name -ceq "Ann" }'; Ids = '1' }
        @{ Text = '{ $_.name -iin "ANN", "BOB" }'; Ids = '1,2' }
        @{ Text = '{ $_.price -ge 0.1 -and $_.price -le 9.5 }'; Ids = '1,2' }
        @{ Text = '{ $_.price -eq 0.1 }'; Ids = '2' }
        @{ Text = '{ $_.active -eq $true }'; Ids = '1,4' }
        @{ Text = '{ $_.born -lt [datetime]"1990-01-01" }'; Ids = '4' }
        @{ Text = '{ $_.born -lt "1990-01-01" }'; Ids = '4' }
        @{ Text = '{ $_.age -gt $threshold }'; Ids = '1,4' }
        @{ Text = '{ $_.age -ge $settings.Limit.Age }'; Ids = '1,4' }
        @{ Text = '{ $_.age -gt -1 -or $_.id -eq 3 }'; Ids = '1,2,3,4' }
        @{ Text = '{ $PSItem.age -eq 20 }'; Ids = '2' }
        @{ Text = '{ $_."age" -eq 20 }'; Ids = '2' }
        @{ Text = '{ $_.AGE -eq 20 }'; Ids = '2' }
        @{ Text = '{ $true }'; Ids = '1,2,3,4' }
        @{ Text = '@{ age = 30 }'; Ids = '1' }
        @{ Text = '@{ age = 20, 30 }'; Ids = '1,2' }
        @{ Text = '@{ name = $null }'; Ids = '3' }
        @{ Text = '@{ active = $true; age = 40 }'; Ids = '4' }
        @{ Text = '@{}'; Ids = '1,2,3,4' }
    ) {
        Get-Id (Invoke-Expression $Text) | Should -Be $Ids
    }

    It 'reads variables of the module that wrote the block before the caller''s' {
        $module = New-Module -ScriptBlock { $threshold = 35; function Get-Block { { $_.age -gt $threshold } } }
        Get-Id (& $module { Get-Block }) | Should -Be '4'
    }

    It 'reads $env: and $using:' {
        $env:DBCONDUCTOR_TEST_AGE = '40'
        try { Get-Id { $_.age -eq $env:DBCONDUCTOR_TEST_AGE } | Should -Be '4' } finally { Remove-Item env:DBCONDUCTOR_TEST_AGE }
        Get-Id ([scriptblock]::Create('$_.age -gt $using:threshold')) | Should -Be '1,4'
    }

    It 'refuses <Text>, underlines <Place> and says <Remedy>' -ForEach @(
        @{ Text = '$_.born -lt (Get-Date)'; Place = 'Get-Date'; Remedy = '*variable*' }
        @{ Text = '$_.born -lt (Get-Date).AddDays(-1)'; Place = '(Get-Date).AddDays(-1)'; Remedy = '*variable*' }
        @{ Text = '$_.name.ToUpper() -eq "ANN"'; Place = '$_.name.ToUpper()'; Remedy = '*' }
        @{ Text = '$_.active'; Place = '$_.active'; Remedy = '*$_.active -eq $true*' }
        @{ Text = '$_.name -match "^A"'; Place = '-match'; Remedy = '*-like*' }
        @{ Text = '$_.age -eq $_.id'; Place = '$_.age -eq $_.id'; Remedy = '*Invoke-DbQuery*' }
        @{ Text = '$_.age + 1 -eq 31'; Place = '$_.age + 1'; Remedy = '*' }
        @{ Text = '$_.age -eq 20, 30'; Place = '$_.age -eq 20, 30'; Remedy = '*-in*' }
        @{ Text = '$_.age -gt $thresshold'; Place = '$thresshold'; Remedy = '*not defined*' }
        @{ Text = '$_.age -gt $settings.Nope'; Place = '$settings.Nope'; Remedy = '*not defined*' }
        @{ Text = '$_ -eq 1'; Place = '$_'; Remedy = '*$_.name*' }
        @{ Text = '$_.name -eq "a$threshold"'; Place = '"a$threshold"'; Remedy = '*variable*' }
        @{ Text = '$_.age -in 1..30'; Place = '1..30'; Remedy = '*-ge*' }
        @{ Text = '$x = 1; $_.age -eq $x'; Place = '$x = 1; $_.age -eq $x'; Remedy = '*one*' }
        @{ Text = 'Remove-Item x'; Place = 'Remove-Item x'; Remedy = '*' }
    ) {
        $message = Get-Refusal ([scriptblock]::Create($Text))
        $message | Should -BeLike $Remedy
        $lines = $message -split '\r?\n'
        $lines[-2].Substring($lines[-1].IndexOf('~'), $lines[-1].Trim().Length) | Should -Be $Place
    }

    It 'never runs the block' {
        $script:ran = $false
        { Get-DbBatch -Adapter filter -From people -Where { ($script:ran = $true) -eq $_.active } } | Should -Throw
        $script:ran | Should -BeFalse
    }

    It 'names the columns there are when one is missing' {
        { Get-DbBatch -Adapter filter -From people -Where { $_.agee -eq 1 } } | Should -Throw '*agee*name*'
    }

    It 'refuses a value that the column cannot have' {
        { Get-DbBatch -Adapter filter -From people -Where { $_.age -eq 'old' } } | Should -Throw '*age*'
    }
}
