BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
    $session = Open-TestSession Sqlite
    class Planet { [int] $id; [string] $name; [Nullable[datetime]] $found; [DayOfWeek] $day; hidden [int] $secret }
    function Get-Types([string] $Table) { (Get-DbTable $Table).Columns | ForEach-Object { "$($_.Name) $($_.Type)" } | Join-String -Separator ', ' }
    function Save-New { $input | Save-DbBatch -Into t -CreateTable -WarningAction SilentlyContinue | Out-Null }
}
AfterAll { Close-TestSession $session }

Describe 'Objects in' {
    BeforeEach { Invoke-DbQuery 'drop table if exists t' | Out-Null }

    It 'takes the union of the properties, whatever their case' {
        [pscustomobject]@{ a = 1; b = 'x' }, [pscustomobject]@{ B = 'y'; c = 3 } | Save-New
        Get-Types t | Should -Be 'a long, b string, c long'
        (Get-DbBatch -From t -OrderBy b).b -join ',' | Should -Be 'x,y'
    }

    It 'takes hashtables, in an order that does not change from run to run' {
        @{ z = 1; b = 2; m = 3 } | Save-New
        Get-Types t | Should -Be 'b long, m long, z long'
    }

    It 'takes a PowerShell class with the types of its properties, and enums as names' {
        [Planet]@{ id = 1; name = 'one'; day = 'Monday' } | Save-New
        Get-Types t | Should -Be 'id long, name string, found datetime, day string'
        (Get-DbBatch -From t).day | Should -Be 'Monday'
    }

    It 'converts what comes later from another kind of object' {
        & { 1..3000 | ForEach-Object { [Planet]@{ id = $_ } }; [pscustomobject]@{ id = '3001'; day = 'Friday' } } | Save-New
        (Get-DbBatch -From t -Where @{ id = 3001 }).day | Should -Be 'Friday'
    }

    It 'refuses it with row and property where it does not fit, and writes nothing' {
        [pscustomobject]@{ id = 0 } | Save-New
        $failure = Get-Failure { & { 1..3000 | ForEach-Object { [Planet]@{ id = $_ } | Select-Object id }; [pscustomobject]@{ id = 'zz' } } | Save-DbBatch -Into t }
        $failure.Exception.Row | Should -Be 3001
        $failure.Exception.Column | Should -Be 'id'
        (Measure-DbBatch -From t).Count | Should -Be 1
    }

    It 'keeps a property that was added to one object' {
        $one = [Planet]@{ id = 1 }
        $one | Add-Member note 'mine'
        [Planet]@{ id = 2 }, $one | Save-New
        (Get-DbBatch -From t -OrderBy id).note -join ',' | Should -Be 'mine,'
    }

    It 'takes a DataTable, and a data reader' {
        $table = [System.Data.DataTable]::new()
        $null = $table.Columns.Add('id', [int]), $table.Columns.Add('g', [guid])
        $null = $table.Rows.Add(1, [DBNull]::Value)
        Save-DbBatch -InputObject $table -Into t -CreateTable | Out-Null
        Get-Types t | Should -Be 'id long, g guid'
        (Save-DbBatch -InputObject $table.CreateDataReader() -Into t).Rows | Should -Be 1
    }

    It 'refuses <What>' -ForEach @(
        @{ What = 'numbers'; Make = { 1 }; Says = '*Objects with properties are needed*' }
        @{ What = 'text'; Make = { 'a' }; Says = '*Objects with properties are needed*' }
        @{ What = 'a script block'; Make = { [pscustomobject]@{ p = { 1 } } }; Says = "*property 'p'*ScriptBlock*Select-Object*" }
        @{ What = 'a credential, without showing it'; Says = "*property 'p'*PSCredential*"
            Make = { [pscustomobject]@{ p = [pscredential]::new('u', (ConvertTo-SecureString 'hidden' -AsPlainText -Force)) } } }
        @{ What = 'an object that contains itself'; Make = { $o = [pscustomobject]@{ p = $null }; $o.p = @($o); $o }; Says = '*contains itself*' }
        @{ What = 'what is nested too deep'; Make = { $d = @{}; 1..70 | ForEach-Object { $d = @{ d = $d } }; [pscustomobject]@{ p = $d } }; Says = '*more than 64 deep*' }
    ) {
        $failure = Get-Failure { & $Make | Save-DbBatch -Into t -CreateTable }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidData,*'
        "$failure" | Should -BeLike $Says
        "$failure" | Should -Not -BeLike '*hidden*'
    }
}

Describe 'Rows out' {
    BeforeAll {
        Invoke-DbQuery 'drop table if exists r' | Out-Null
        $rows = [pscustomobject]@{ id = 1; name = 'anna'; alt = 5; doc = @{ a = @(1, @{ b = 'x' }) } }, [pscustomobject]@{ id = 2; name = $null; alt = $null; doc = $null }
        $rows | Save-DbBatch -Into r -CreateTable | Out-Null
    }
    BeforeEach { $row = Get-DbBatch -From r -Where @{ id = 1 } }

    It 'gives rows of one columns'' set one class' {
        (Get-DbBatch -From r)[1].GetType() | Should -Be $row.GetType()
    }

    It 'lets <_> be set to null, and stay null' -ForEach 'name', 'alt', 'doc' {
        $row.$_ = $null
        $null -eq $row.$_ | Should -BeTrue
    }

    It 'gives JSON as objects' { $row.doc.a[1].b | Should -Be 'x' }

    It 'works with PowerShell''s own commands' {
        ($row | ConvertTo-Json -Depth 5 | ConvertFrom-Json).doc.a[1].b | Should -Be 'x'
        ($row | Select-Object id, name | ConvertTo-Csv)[0] | Should -Be '"id","name"'
        (Get-DbBatch -From r | Group-Object name).Count | Should -Be 2
        ($row | Format-Table id, alt | Out-String) | Should -Match 'id\s+alt'
        Compare-Object $row (Get-DbBatch -From r -Where @{ id = 2 }) | Should -HaveCount 2
    }

    It 'gives each shape' {
        (Get-DbBatch -From r -OrderBy id -As PSCustomObject)[0].PSTypeNames | Should -Contain 'System.Management.Automation.PSCustomObject'
        (Get-DbBatch -From r -OrderBy id -As Hashtable)[0].Keys -join ',' | Should -Be 'id,name,alt,doc'
        $table = Get-DbBatch -From r -As DataTable
        , $table | Should -BeOfType System.Data.DataTable
        $table.Rows | Should -HaveCount 2
        Invoke-DbQuery 'select count(*) from r' -As SingleValue | Should -Be 2
    }

    It 'loses no column whose name is not unique' {
        $twice = Invoke-DbQuery 'select 1 as id, 2 as id, 3 as ID_2'
        ($twice.PSObject.Properties.Value | Sort-Object) -join ',' | Should -Be '1,2,3'
    }
}
