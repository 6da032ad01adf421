# Dot-sourced by the test files: at discovery for $TestAdapters, before the tests for the functions.

$ModulePath = Join-Path $PSScriptRoot '../../out/DbConductor/DbConductor.psd1'
$TestAdapters = @{ Type = 'Sqlite' }, @{ Type = 'PostgreSql' }
# an adapter that this build leaves out has no tests here: the build counts what is skipped
if (Test-Path (Join-Path $PSScriptRoot '../../out/DbConductor/bin/adapters/MySql')) { $TestAdapters += @{ Type = 'MariaDb' }, @{ Type = 'MySql' } }
# for tests that speak SQL
$SqlTestAdapters = $TestAdapters
if (Test-Path (Join-Path $PSScriptRoot '../../out/DbConductor/bin/adapters/MongoDb')) { $TestAdapters += @{ Type = 'MongoDb' } }
$PostgreSql = $env:DBCONDUCTOR_TEST_POSTGRESQL

# What starts another PowerShell, and what comes before its arguments: as a .NET tool it runs in dotnet.
$PowerShell = (Get-Process -Id $PID).Path
$PowerShellFirst = @(if ((Split-Path $PowerShell -LeafBase) -eq 'dotnet') { Join-Path $PSHOME pwsh.dll })

Import-Module $ModulePath
. $PSScriptRoot/TestPlaces.ps1

# A new folder among the temporary files, for who asks to remove it.
function New-Folder { (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "dbconductor-$([guid]::NewGuid())")).FullName }

# A session of its own for a group of tests, named 'default': a new SQLite file, or a new schema or database on the type's server.
function Open-TestSession([string] $Type, [string] $Name = 'default') {
    if ($Type -eq 'Sqlite') {
        # not in $TestDrive: at the end of every block it loses the files that were made meanwhile, SQLite's own beside the database among them
        return Connect-DbAdapter -Type Sqlite -Database (Join-Path (New-Folder) test.db) -Name $Name
    }

    $server = Get-TestServer $Type
    if (-not $server) { return }
    $schema = "pester_$([guid]::NewGuid().ToString('N'))"
    if ($Type -eq 'MongoDb') { return Connect-DbAdapter -Type MongoDb -ConnectionString (Get-MongoString $server $schema) -Name $Name }
    Invoke-OnServer $Type $server "create schema $schema"
    Connect-DbAdapter -Type $Type -ConnectionString "$server;$(if ($Type -eq 'PostgreSql') { 'Search Path' } else { 'Database' })=$schema" -Name $Name
}

# The schema or database of such a session.
function Get-TestSchema($Session) {
    switch ($Session.Type) {
        Sqlite { 'main' }
        PostgreSql { Invoke-DbQuery 'select current_schema()' -As SingleValue -Adapter $Session }
        MySql { Invoke-DbQuery 'select database()' -As SingleValue -Adapter $Session }
        MongoDb { ($Session.Location -split '/')[-1] }
    }
}

# The command that connects once more to where a session is.
function Get-TestConnect($Session, [string] $Type) {
    if ($Type -eq 'Sqlite') { return "Connect-DbAdapter -Type Sqlite -Database '$($Session.Location)'" }
    $server = Get-TestServer $Type
    if ($Type -eq 'MongoDb') { return "Connect-DbAdapter -Type MongoDb -ConnectionString '$(Get-MongoString $server (Get-TestSchema $Session))'" }
    "Connect-DbAdapter -Type $Type -ConnectionString '$server;$(if ($Type -eq 'PostgreSql') { 'Search Path' } else { 'Database' })=$(Get-TestSchema $Session)'"
}

# A query that takes minutes, and tells by its text that it is one.
function Get-SlowQuery([string] $Type) {
    switch ($Type) {
        Sqlite { 'with recursive c(x) as (select 1 union all select x + 1 from c where x < 10000000000) select max(x) from c' }
        PostgreSql { 'select pg_sleep(120)' }
        # a change stream gives nothing until something changes
        MongoDb { '{"aggregate": 1, "pipeline": [{"$changeStream": {}}], "cursor": {}}' }
        # not sleep(), which ends as if well when it is killed
        default { 'select count(*) from information_schema.columns a, information_schema.columns b, information_schema.columns c' }
    }
}

# Drops the schema again and disconnects.
function Close-TestSession($Session) {
    if ($Session -and $Session.State -ne 'Closed') {
        if ($Session.Type -ne 'Sqlite') {
            if ($Session.InTransaction) { Undo-DbTransaction -Adapter $Session }
            $drop = if ($Session.Type -eq 'MongoDb') { '{"dropDatabase": 1}' } elseif ($Session.Type -eq 'PostgreSql') { "drop schema $(Get-TestSchema $Session) cascade" } else { "drop database $(Get-TestSchema $Session)" }
            Invoke-DbQuery $drop -Adapter $Session | Out-Null
        }

        Disconnect-DbAdapter $Session 3>$null
        if ($Session.Type -eq 'Sqlite') { Remove-Item -LiteralPath (Split-Path $Session.Location) -Recurse }
    }
}

# A table without rows, in place of one of that name.
function Reset-TestTable($Session, [string] $Name, [Collections.IDictionary] $ColumnType, [string[]] $Key) {
    Remove-TestTable $Session $Name
    $with = if ($Key) { @{ Key = $Key } } else { @{} }
    $null = New-DbTable $Name -ColumnType $ColumnType -Adapter $Session @with
}

# Drops a table, if it is there.
function Remove-TestTable($Session, [string] $Name) {
    if ($Session.Type -ne 'MongoDb') { $null = Invoke-DbQuery "drop table if exists $Name" -Adapter $Session }
    elseif (Get-DbTable $Name -Adapter $Session -ErrorAction Ignore) { $null = Invoke-DbQuery "{`"drop`": `"$Name`"}" -Adapter $Session }
}

# Skips the test at hand on adapters that cannot do what it is about.
function Skip-On([string] $Actual, [string] $Type, [string] $Because) {
    if ($Actual -eq $Type) { Set-ItResult -Skipped -Because $Because }
}

# Skips the test at hand where its server is missing.
function Skip-WithoutServer($Session) {
    if (-not $Session) { Set-ItResult -Skipped -Because 'no server: its DBCONDUCTOR_TEST_ variable is not set' }
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
