namespace DbConductor.Spark;

/// <summary>The settings with which a session is opened: those without which values would change on their way, and the operator's own.</summary>
internal static class SparkDefaults
{
    /// <summary>Settings that are not the operator's to choose.</summary>
    private static readonly Dictionary<string, string> s_fixed = new(StringComparer.Ordinal)
    {
        // times are instants or have no zone: a zone of the machine must not get between
        ["spark.sql.session.timeZone"] = "UTC",

        // what overflows or cannot be read is an error, never null
        ["spark.sql.ansi.enabled"] = "true",
        ["spark.sql.storeAssignmentPolicy"] = "ANSI",
        ["spark.sql.legacy.timeParserPolicy"] = "CORRECTED",
        ["spark.sql.parquet.datetimeRebaseModeInRead"] = "CORRECTED",
        ["spark.sql.parquet.datetimeRebaseModeInWrite"] = "CORRECTED",
        ["spark.sql.parquet.int96RebaseModeInRead"] = "CORRECTED",
        ["spark.sql.parquet.int96RebaseModeInWrite"] = "CORRECTED",

        // a folder's name is a text, and 007 no number
        ["spark.sql.sources.partitionColumnTypeInference.enabled"] = "false",

        // a connection's settings are not to be read in plans or on the web page
        ["spark.sql.redaction.options.regex"] = "(?i)url|uri|user|password|secret|token|key",
    };

    private static readonly Dictionary<string, string> s_usual = new(StringComparer.Ordinal)
    {
        // of a setting's name, or of its value: a user's password in an address
        ["spark.redaction.regex"] = "(?i)secret|pass(word|wd|phrase|code)|pwd|token|credential|(api|access|account|private)[ ._-]?key|://[^/@]*:[^/@]*@",
        ["spark.ui.showConsoleProgress"] = "false",
        ["spark.scheduler.mode"] = "FAIR",
    };

    /// <summary>All settings of a session.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: one that is not the operator's to choose.</exception>
    internal static IEnumerable<KeyValuePair<string, string>> For(SparkSettings settings)
    {
        foreach ((string key, string value) in settings.Options)
        {
            if (s_fixed.TryGetValue(key, out string? must) && must != value)
            {
                throw new DbConductorException(DbErrorKind.InvalidArgument, $"-Option {key} cannot be chosen: it must be '{must}', so that values come back as they went in.");
            }
        }

        const string executors = "spark.executor.extraJavaOptions";
        Dictionary<string, string> all = new(s_usual, StringComparer.Ordinal) { ["spark.master"] = settings.Master!, ["spark.app.name"] = "DbConductor" };
        if (settings.IsLocal)
        {
            (all["spark.driver.host"], all["spark.driver.bindAddress"]) = ("127.0.0.1", "127.0.0.1");
        }

        foreach ((string key, string value) in settings.Options.Concat(s_fixed))
        {
            all[key] = value;
        }

        all[executors] = $"-Duser.timezone=UTC {all.GetValueOrDefault(executors)}".TrimEnd();

        // it is known since the driver's start
        all.Remove("spark.driver.extraJavaOptions");
        return all;
    }
}
