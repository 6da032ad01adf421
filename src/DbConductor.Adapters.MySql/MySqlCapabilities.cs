using System.Globalization;
using System.Text.RegularExpressions;

namespace DbConductor.Adapters.MySql;

/// <summary>
/// In what MySQL, MariaDB and their versions differ as far as the adapter depends on it: told by the server's variables when a session connects, and asked nowhere else.
/// <para>
/// What the versions have alike is not here, since the adapter sends nothing that one of them lacks: rows are merged through a temporary table (no
/// <c>ON DUPLICATE KEY UPDATE</c>, whose <c>VALUES()</c> is deprecated since 8.0.20 and whose row alias MariaDB lacks), no <c>RETURNING</c>, which MySQL lacks, no
/// <c>tx_isolation</c>, which 8.0 dropped, and <c>LOCK IN SHARE MODE</c>, since MariaDB has no <c>FOR SHARE</c>. Widths of integers, which 8.0.19 no longer tells, and
/// the names of character sets, <c>utf8</c> before 8.0.28, are read either way. How users log in, which 8.4 and 9.0 changed, is between the driver and the server.
/// </para>
/// </summary>
internal sealed partial record MySqlCapabilities
{
    /// <summary>The query that the values of <see cref="From"/> come from. Other than <c>SELECT @@name</c>, it does not fail on a variable that the server lacks.</summary>
    public const string Sql =
        "SHOW VARIABLES WHERE Variable_name IN ('version', 'version_comment', 'local_infile', 'max_allowed_packet', 'sql_generate_invisible_primary_key', 'sql_require_primary_key')";

    // RELEASE_ALL_LOCKS: https://mariadb.com/kb/en/release_all_locks/
    private static readonly Version s_oldestMariaDb = new(10, 5, 2);

    // temporary tables inside a transaction where there are GTIDs: https://dev.mysql.com/doc/refman/8.0/en/replication-gtids-restrictions.html;
    // REGEXP_REPLACE came before, with 8.0.4: https://dev.mysql.com/doc/refman/8.0/en/regexp.html
    private static readonly Version s_oldestMySql = new(8, 0, 13);

    // for all kinds of joins that the database is left; 8.0.18 had it for inner ones: https://dev.mysql.com/doc/refman/8.0/en/hash-joins.html
    private static readonly Version s_hashJoins = new(8, 0, 20);

    /// <summary>The version as the server writes it.</summary>
    public string ServerVersion { get; private init; } = "";

    /// <summary>Whether it is MariaDB, which says so in its version or beside it.</summary>
    public bool IsMariaDb { get; private init; }

    /// <summary>The product's name.</summary>
    public string Product => IsMariaDb ? "MariaDB" : "MySQL";

    /// <summary>
    /// Whether it lets a client send a file's content. MariaDB does as delivered, MySQL does not
    /// (https://dev.mysql.com/doc/refman/8.4/en/load-data-local-security.html, https://mariadb.com/kb/en/load-data-infile/).
    /// </summary>
    public bool AllowsLoadLocal { get; private init; }

    /// <summary>The longest statement that it takes, in bytes; 64 MB on MySQL, 16 MB on MariaDB, unless told otherwise.</summary>
    public long MaxAllowedPacket { get; private init; } = 1 << 20;

    /// <summary>
    /// Whether JSON is a type of its own, which keeps numbers as doubles or integers of 64 bits (https://dev.mysql.com/doc/refman/8.4/en/json.html).
    /// MariaDB's is another name of <c>longtext</c> with a check (https://mariadb.com/kb/en/json-data-type/).
    /// </summary>
    public bool HasJsonType => !IsMariaDb;

    /// <summary>How many levels of JSON nest: MariaDB's check takes 32, of which the value itself is one (https://mariadb.com/kb/en/json_valid/).</summary>
    public int JsonLevels => IsMariaDb ? 31 : 100;

    /// <summary>
    /// Whether a join of two large tables without an index is one pass over each. MySQL before 8.0.20, and MariaDB as delivered, go through nested loops
    /// (https://dev.mysql.com/doc/refman/8.4/en/hash-joins.html, https://mariadb.com/kb/en/block-based-join-algorithms/).
    /// </summary>
    public bool HasHashJoins { get; private init; } = true;

    /// <summary>
    /// Whether a table that is created without a primary key may have got an invisible one, a column <c>my_row_id</c> that <c>SHOW COLUMNS</c> lists all the same:
    /// since 8.0.30 (https://dev.mysql.com/doc/refman/8.4/en/create-table-gipks.html). It is no column of the rows.
    /// </summary>
    public bool HasGeneratedKeys { get; private init; }

    /// <summary>
    /// Whether no table is made without a primary key (https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_sql_require_primary_key).
    /// </summary>
    public bool RequiresKeys { get; private init; }

    /// <summary>What the server's variables say.</summary>
    /// <param name="variables">Their values by name, of those of <see cref="Sql"/> that the server has.</param>
    /// <param name="location">Where the server is, for the error.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotSupported"/>: the server is older than what the adapter sends.</exception>
    public static MySqlCapabilities From(IReadOnlyDictionary<string, string> variables, string location)
    {
        string text = variables.GetValueOrDefault("version", "");
        bool isMariaDb = text.Contains("MariaDB", StringComparison.OrdinalIgnoreCase)
            || variables.GetValueOrDefault("version_comment", "").Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        Version version = Parse(text);
        if (version < (isMariaDb ? s_oldestMariaDb : s_oldestMySql))
        {
            throw new DbConductorException(
                DbErrorKind.NotSupported,
                $"{location} runs {(isMariaDb ? "MariaDB" : "MySQL")} {text}, which lacks what a session needs: MySQL {s_oldestMySql} or MariaDB {s_oldestMariaDb} is the oldest. Upgrade the server.")
            { Target = location };
        }

        return new()
        {
            ServerVersion = text,
            IsMariaDb = isMariaDb,
            AllowsLoadLocal = variables.GetValueOrDefault("local_infile") == "ON",
            MaxAllowedPacket = long.Parse(variables.GetValueOrDefault("max_allowed_packet", "1048576"), CultureInfo.InvariantCulture),
            HasHashJoins = !isMariaDb && version >= s_hashJoins,
            HasGeneratedKeys = variables.ContainsKey("sql_generate_invisible_primary_key"),
            RequiresKeys = variables.GetValueOrDefault("sql_require_primary_key") == "ON",
        };
    }

    // "8.0.36-28" (Percona), "8.4.3", "10.11.6-MariaDB-0+deb12u1", and from a proxy "5.5.5-10.11.6-MariaDB"
    private static Version Parse(string text)
    {
        Match match = VersionNumber().Match(text.StartsWith("5.5.5-1", StringComparison.Ordinal) ? text["5.5.5-".Length..] : text);
        return match.Success ? Version.Parse(match.Value) : new(0, 0, 0);
    }

    [GeneratedRegex(@"^\d+\.\d+\.\d+", RegexOptions.CultureInvariant)]
    private static partial Regex VersionNumber();
}
