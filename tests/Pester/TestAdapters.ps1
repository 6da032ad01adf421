# Dot-sourced by the test files: at discovery for $TestAdapters, before the tests for the functions.

$ModulePath = Join-Path $PSScriptRoot '../../out/DbConductor/DbConductor.psd1'
$TestAdapters = @{ Type = 'Sqlite' }, @{ Type = 'PostgreSql' }
$PostgreSql = $env:DBCONDUCTOR_TEST_POSTGRESQL

Import-Module $ModulePath

# A session of its own for a group of tests, named 'default': a new SQLite file, or a new schema of the PostgreSQL server.
function Open-TestSession([string] $Type, [string] $Name = 'default') {
    if ($Type -eq 'Sqlite') {
        # not in $TestDrive: at the end of every block it loses the files that were made meanwhile, SQLite's own beside the database among them
        $folder = New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "dbconductor-$([guid]::NewGuid())")
        return Connect-DbAdapter -Type Sqlite -Database (Join-Path $folder test.db) -Name $Name
    }

    if (-not $PostgreSql) {
        if ($env:CI -eq 'true') { throw 'There is no PostgreSQL server: DBCONDUCTOR_TEST_POSTGRESQL is not set. On CI that is a failure.' }
        return
    }

    $schema = "pester_$([guid]::NewGuid().ToString('N'))"
    $admin = Connect-DbAdapter -Type PostgreSql -ConnectionString $PostgreSql -Name "admin-$schema"
    Invoke-DbQuery "create schema $schema" -Adapter $admin
    Disconnect-DbAdapter $admin
    Connect-DbAdapter -Type PostgreSql -ConnectionString "$PostgreSql;Search Path=$schema" -Name $Name
}

# Drops the schema again and disconnects.
function Close-TestSession($Session) {
    if ($Session -and $Session.State -ne 'Closed') {
        if ($Session.Type -eq 'PostgreSql') {
            if ($Session.InTransaction) { Undo-DbTransaction -Adapter $Session }
            Invoke-DbQuery 'do $$ begin execute format(''drop schema %I cascade'', current_schema()); end $$' -Adapter $Session
        }

        Disconnect-DbAdapter $Session 3>$null
        if ($Session.Type -eq 'Sqlite') { Remove-Item -LiteralPath (Split-Path $Session.Location) -Recurse }
    }
}

# Skips the test at hand where its server is missing.
function Skip-WithoutServer($Session) {
    if (-not $Session) { Set-ItResult -Skipped -Because 'no PostgreSQL server: DBCONDUCTOR_TEST_POSTGRESQL is not set' }
}

# The error that a script block ends with, as a caller's catch sees it; a test fails where there is none.
function Get-Failure([scriptblock] $Script) {
    try { . $Script | Out-Null } catch { return $_ }
    throw 'It did not fail.'
}

# A second PowerShell with the module imported, to be stopped from outside.
function Start-Other([string] $Script, [hashtable] $With = @{}) {
    $shell = [powershell]::Create()
    $null = $shell.AddScript("param(`$ModulePath, `$With) `$ErrorActionPreference = 'Stop'; Import-Module `$ModulePath; $Script").AddArgument($ModulePath).AddArgument($With)
    [pscustomobject]@{ Shell = $shell; Run = $shell.BeginInvoke() }
}

# Waits for a condition, so that no test depends on how fast the machine is.
function Wait-Until([scriptblock] $Condition, [int] $Seconds = 30) {
    $end = [DateTime]::UtcNow.AddSeconds($Seconds)
    while (-not (& $Condition)) {
        if ([DateTime]::UtcNow -gt $end) { throw "Not within $Seconds seconds: $Condition" }
        Start-Sleep -Milliseconds 50
    }
}
