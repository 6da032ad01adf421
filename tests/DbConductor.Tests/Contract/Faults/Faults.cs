namespace DbConductor.Tests.Contract;

/// <summary>How far the tests of faults go: a slice in every run, everything where the environment asks for it.</summary>
internal static class Faults
{
    public const string Category = "Category";
    public const string Name = "Faults";

    public static bool Full => Environment.GetEnvironmentVariable("DBCONDUCTOR_FAULTS") == "full";

    /// <summary>After how many rows a write is interrupted.</summary>
    public static IEnumerable<int> Points => Full ? [0, 1, 2, 100, 999, 1000, 5000, 10_000, 25_000, 60_000, 150_000] : [20_000];

    public static IEnumerable<SaveMode> Modes => Full ? Enum.GetValues<SaveMode>() : [SaveMode.Insert, SaveMode.Upsert];
}
