using System.Runtime.CompilerServices;
using Npgsql;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>Makes adapters for PostgreSQL servers.</summary>
public sealed class PostgreSqlAdapterFactory : IAdapterFactory
{
    private const string InfinitySwitch = "Npgsql.DisableDateTimeInfinityConversions";

    static PostgreSqlAdapterFactory()
    {
        // Npgsql would write DateTime.MinValue and MaxValue as -infinity and infinity. It reads the switch once, and the switch is the whole process's:
        // set it, let this Npgsql read it, and put it back for whoever else loads a copy of their own.
        bool had = AppContext.TryGetSwitch(InfinitySwitch, out bool before);
        AppContext.SetSwitch(InfinitySwitch, true);
        if (typeof(NpgsqlConnection).Assembly.GetType("Npgsql.Util.Statics") is { } statics)
        {
            RuntimeHelpers.RunClassConstructor(statics.TypeHandle);
            AppContext.SetSwitch(InfinitySwitch, had && before);
        }
    }

    /// <inheritdoc/>
    public string Type => "PostgreSql";

    /// <inheritdoc/>
    public IReadOnlyList<string> Aliases => ["Postgres", "PostgreSQL", "pg"];

    /// <inheritdoc/>
    public IDbAdapter Create(AdapterProfile profile, AdapterServices services) => new PostgreSqlAdapter(profile, services);
}
