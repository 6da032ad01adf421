# job: whole jobs beside the usual commands for them, on TPC-H orders at scale factor 1; round: tables through all four databases and back.
# Called by the benchmark program.
param([string]$Module, [string]$Work, [string]$Results, [string]$Pwsh, [string[]]$Only = @(), [int]$Rounds = 3, [string]$Scale = '1')
. (Join-Path $PSScriptRoot contest.ps1)

if (-not ($env:DBCONDUCTOR_TEST_TPCH_BIN -and $env:DBCONDUCTOR_TEST_POSTGRESQL)) {
    Write-Host 'left out: job and round, which need PostgreSQL and the generator of TPC-H tables'
    Write-Figure
    return
}

$postgreSql = [Data.Common.DbConnectionStringBuilder]@{ ConnectionString = $env:DBCONDUCTOR_TEST_POSTGRESQL }
$env:PGHOST = $postgreSql.Host; $env:PGPORT = $postgreSql.Port; $env:PGUSER = $postgreSql.Username; $env:PGPASSWORD = $postgreSql.Password
$env:PGDATABASE = $postgreSql.Database
$psql = if ($env:DBCONDUCTOR_TEST_POSTGRESQL_BIN) { Join-Path $env:DBCONDUCTOR_TEST_POSTGRESQL_BIN psql } else { 'psql' }
$columns = @{
    orders = 'o_orderkey bigint primary key, o_custkey bigint, o_orderstatus varchar(1), o_totalprice numeric(15,2), o_orderdate date, o_orderpriority varchar(15), ' +
        'o_clerk varchar(15), o_shippriority int, o_comment varchar(79)'
    customer = 'c_custkey bigint primary key, c_name varchar(25), c_address varchar(40), c_nationkey bigint, c_phone varchar(15), c_acctbal numeric(15,2), ' +
        'c_mktsegment varchar(10), c_comment varchar(117)'
    lineitem = 'l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber int, l_quantity numeric(15,2), l_extendedprice numeric(15,2), ' +
        'l_discount numeric(15,2), l_tax numeric(15,2), l_returnflag varchar(1), l_linestatus varchar(1), l_shipdate date, l_commitdate date, l_receiptdate date, ' +
        'l_shipinstruct varchar(25), l_shipmode varchar(10), l_comment varchar(44), primary key (l_orderkey, l_linenumber)'
    part = 'p_partkey bigint primary key, p_name varchar(55), p_mfgr varchar(25), p_brand varchar(10), p_type varchar(25), p_size int, p_container varchar(10), ' +
        'p_retailprice numeric(15,2), p_comment varchar(23)'
    partsupp = 'ps_partkey bigint, ps_suppkey bigint, ps_availqty int, ps_supplycost numeric(15,2), ps_comment varchar(199), primary key (ps_partkey, ps_suppkey)'
    supplier = 's_suppkey bigint primary key, s_name varchar(25), s_address varchar(40), s_nationkey bigint, s_phone varchar(15), s_acctbal numeric(15,2), s_comment varchar(101)'
    nation = 'n_nationkey bigint primary key, n_name varchar(25), n_regionkey bigint, n_comment varchar(152)'
    region = 'r_regionkey bigint primary key, r_name varchar(25), r_comment varchar(152)'
}
$key = @{
    orders = 'o_orderkey'; customer = 'c_custkey'; lineitem = 'l_orderkey', 'l_linenumber'; part = 'p_partkey'; partsupp = 'ps_partkey', 'ps_suppkey'
    supplier = 's_suppkey'; nation = 'n_nationkey'; region = 'r_regionkey'
}
# only a round takes them all
$wanted = if (Test-Wanted round) { $columns.Keys } else { 'orders' }

function Invoke-Sql([string]$Adapter, [string]$Text) { Invoke-DbQuery -Adapter $Adapter $Text -Confirm:$false > $null }

# the tools' own errors must not pass for speed
function Invoke-Command-Line([string]$Line) {
    & bash -c "set -eo pipefail; $Line" > $null
    if ($LASTEXITCODE) { throw "the command beside ended with $LASTEXITCODE" }
}

function Test-Tool([string]$Name) {
    $found = [bool](Get-Command $Name -CommandType Application -ErrorAction Ignore)
    if (-not $found) { Write-Host "left out: the job that $Name is compared with, which is not installed" }
    $found
}

function Connect-Bench([string]$Type, [string]$ConnectionString, [string]$Name) {
    if ($ConnectionString -and ($helper = "DbConductor.Benchmarks.Raw$Type" -as [type])) {
        $raw = if ($Type -in 'MySql', 'MongoDb') { $helper::In($ConnectionString) } else { $ConnectionString }
        Connect-DbAdapter -Type $Type -ConnectionString $raw -Name $Name
    }
}

# MongoDB's testbed makes the whole answer to a query in its memory, 3 kB a row, before it sends the first row: a large collection is asked for by ranges of its key
function Copy-InRanges([hashtable]$Copy) {
    $first = @($Copy.Key)[0]
    $most = if ($Copy.FromAdapter -eq 'mongo') { (Get-DbBatch -Adapter mongo $Copy.From -Property $first -OrderBy @{ $first = 'Descending' } -First 1 -As SingleValue) } else { 0 }
    if ($most -lt 1000000) {
        return Copy-DbBatch @Copy
    }

    for ($low = 0; $low -le $most; $low = $high) {
        $high = $low + 1000000
        Copy-DbBatch @Copy -Where ([scriptblock]::Create("`$_.$first -ge $low -and `$_.$first -lt $high"))
    }
}

Invoke-Command-Line "'$env:DBCONDUCTOR_TEST_TPCH_BIN/tpchgen-cli' csv -s $Scale -o '$Work' -q -T $($wanted -join ',')"
$null = Connect-Bench PostgreSql $env:DBCONDUCTOR_TEST_POSTGRESQL pg
$sqliteFile = Join-Path $Work jobs.db
$null = Connect-Bench Sqlite "Data Source=$sqliteFile" sqlite
$mariaDb = Connect-Bench MySql $env:DBCONDUCTOR_TEST_MARIADB maria
foreach ($table in $wanted) {
    Invoke-Sql pg "drop table if exists $table; create table $table ($($columns[$table]))"
    Invoke-Command-Line "'$psql' -qc `"\copy $table from '$Work/$table.csv' with (format csv, header)`""
}

Invoke-Sql pg 'vacuum analyze orders'
$rows = (Measure-DbBatch -Adapter pg orders).Count
if (Test-Wanted job) {
    Invoke-Sql pg "drop table if exists orders_into; create table orders_into ($($columns.orders))"
    $empty = { Invoke-Sql pg 'truncate orders_into'; Invoke-Sql pg checkpoint }
    Measure-Contest job 'PostgreSql to PostgreSql' $rows $empty {
        Copy-DbBatch -FromAdapter pg orders -IntoAdapter pg -Into orders_into > $null
    } { Invoke-Command-Line "'$psql' -qc '\copy orders to stdout' | '$psql' -qc '\copy orders_into from stdin'" }

    Measure-Contest job 'CSV to PostgreSql' $rows $empty {
        Import-DbBatch -Adapter pg -Path "$Work/orders.csv" -Into orders_into > $null
    } { Invoke-Command-Line "'$psql' -qc `"\copy orders_into from '$Work/orders.csv' with (format csv, header)`"" }

    # an empty copy makes the table, for both sides
    $none = @{ FromAdapter = 'pg'; From = 'orders'; Where = @{ o_orderkey = -1 }; CreateTable = $true; Key = 'o_orderkey' }
    if (Test-Tool sqlite3) {
        Copy-DbBatch @none -IntoAdapter sqlite -Into orders > $null
        Measure-Contest job 'PostgreSql to Sqlite' $rows { Invoke-Sql sqlite 'delete from orders' } {
            Copy-DbBatch -FromAdapter pg orders -IntoAdapter sqlite -Into orders > $null
        } { Invoke-Command-Line "'$psql' -qc '\copy orders to stdout with (format csv)' | sqlite3 '$sqliteFile' -cmd '.mode csv' '.import /dev/stdin orders'" }
        Invoke-Sql sqlite 'drop table orders'
    }

    if ($mariaDb -and (Test-Tool mariadb)) {
        $server = [Data.Common.DbConnectionStringBuilder]@{ ConnectionString = $env:DBCONDUCTOR_TEST_MARIADB }
        $env:MYSQL_PWD = $server.Password
        $client = "mariadb --no-defaults --local-infile=1 -h'$($server.Server)' -P$($server.Port) -u'$($server['User ID'])' dbconductor_bench"
        Invoke-Sql maria 'drop table if exists orders'
        Copy-DbBatch @none -IntoAdapter maria -Into orders > $null
        Measure-Contest job 'PostgreSql to MariaDb' $rows { Invoke-Sql maria 'truncate table orders' } {
            Copy-DbBatch -FromAdapter pg orders -IntoAdapter maria -Into orders > $null
        } { Invoke-Command-Line "'$psql' -qc '\copy orders to stdout' | $client -e `"load data local infile '/dev/stdin' into table orders character set utf8mb4`"" }
    }
}

if ((Test-Wanted round) -and (Connect-Bench MySql $env:DBCONDUCTOR_TEST_MYSQL mysql) -and (Connect-Bench MongoDb $env:DBCONDUCTOR_TEST_MONGODB mongo)) {
    foreach ($table in $wanted | Sort-Object) {
        $stops = 'pg', 'mysql', 'mongo', 'sqlite', 'pg'
        [DbConductor.Benchmarks.Memory]::ResetPeak()
        $watch = [Diagnostics.Stopwatch]::StartNew()
        for ($i = 1; $i -lt $stops.Count; $i++) {
            $from = if ($i -eq 1) { $table } else { "${table}_round" }
            if ($stops[$i] -eq 'mongo') {
                if (Get-DbTable -Adapter mongo "${table}_round" -ErrorAction Ignore) { Invoke-DbQuery -Adapter mongo "{`"drop`": `"${table}_round`"}" -Confirm:$false > $null }
            } else {
                Invoke-Sql $stops[$i] "drop table if exists ${table}_round"
            }

            $sent = (Copy-InRanges @{ FromAdapter = $stops[$i - 1]; From = $from; IntoAdapter = $stops[$i]; Into = "${table}_round"; CreateTable = $true; Key = $key[$table] }).Rows
            Write-Host "round ${table}: $($stops[$i - 1]) to $($stops[$i]), $(($sent | Measure-Object -Sum).Sum) rows in $([Math]::Round($watch.Elapsed.TotalSeconds)) s so far"
        }

        $seconds = $watch.Elapsed.TotalSeconds
        $sums = foreach ($one in $table, "${table}_round") {
            (Invoke-DbQuery -Adapter pg "select count(*) || ' ' || sum(hashtextextended(t::text, 0)::numeric) as sum from $one t" -Confirm:$false).sum
        }
        if ($sums[0] -ne $sums[1]) { throw "$table did not come back as it left: $($sums -join ' against ')" }
        $count = [long]($sums[0] -split ' ')[0]
        $figures.Add([ordered]@{
                operation = 'round'; adapter = "$table, all four databases"; rows = $count; milliseconds = [Math]::Round($seconds * 1000); checksum = $sums[0]
                peak_mb = [Math]::Round([DbConductor.Benchmarks.Memory]::PeakMb())
            })
    }
}

Get-DbAdapter | Disconnect-DbAdapter
Write-Figure
