# Dot-sourced by TestAdapters.ps1, and by the build's demo: where the servers are, and databases on them for scripts with profiles. Needs the module.

# The connection string of a type's server; nothing where there is none, which on CI is a failure.
function Get-TestServer([string] $Type) {
    $variable = "DBCONDUCTOR_TEST_$($Type.ToUpperInvariant())"
    $server = [Environment]::GetEnvironmentVariable($variable)
    if (-not $server -and $env:CI -eq 'true') { throw "There is no $Type server: $variable is not set. On CI that is a failure." }
    $server
}

# Where a profile points, as settings by name: a file, or a database of its own on the type's server; nothing where there is no server.
function New-Place([string] $Type, [string] $Folder, [string] $Name) {
    if ($Type -eq 'Sqlite') { return @{ Type = $Type; Database = Join-Path $Folder "$Name.db" } }
    $server = Get-TestServer $Type
    if (-not $server) { return }
    $database = "${Name}_$([guid]::NewGuid().ToString('N'))"
    # MongoDB makes it at the first write
    if ($Type -eq 'MongoDb') { return @{ Type = $Type; ConnectionString = Get-MongoString $server $database } }
    Invoke-OnServer $Type $server "create database $database"
    @{ Type = $Type; ConnectionString = "$server;Database=$database" }
}

# Removes the database again; files go with their folder.
function Remove-Place([hashtable] $Place) {
    if ($Place.Type -eq 'MongoDb') {
        $admin = Connect-DbAdapter -Type MongoDb -ConnectionString $Place.ConnectionString -Name places-admin
        $null = Invoke-DbQuery ([ordered]@{ dropDatabase = 1 }) -Adapter $admin
        Disconnect-DbAdapter $admin
    }
    elseif ($Place.ConnectionString) {
        # the server's own string may name a database too
        $null = $Place.ConnectionString -match '^(?<server>.*);Database=(?<database>[^;]+)$'
        Invoke-OnServer $Place.Type $Matches.server "drop database $($Matches.database)"
    }
}

# The variables that make a place a profile of a process.
function Get-PlaceVariable([string] $Profile, [hashtable] $Place) {
    $variables = @{}
    foreach ($setting in $Place.Keys) { $variables["DBCONDUCTOR__PROFILES__${Profile}__$setting"] = $Place[$setting] }
    $variables
}

# A connection string of MongoDB with a database in it.
function Get-MongoString([string] $Server, [string] $Database) { $Server -replace '^(mongodb(?:\+srv)?://[^/?]+)(/[^?]*)?', ('$1/' + $Database) }

# Runs a statement on a type's server, outside of any database of tests.
function Invoke-OnServer([string] $Type, [string] $Server, [string] $Query) {
    $admin = Connect-DbAdapter -Type $Type -ConnectionString "$Server;Database=$(if ($Type -eq 'PostgreSql') { 'postgres' } else { 'mysql' })" -Name places-admin
    $null = Invoke-DbQuery $Query -Adapter $admin
    Disconnect-DbAdapter $admin
}
