namespace DbConductor.PowerShell;

/// <summary>What a native query's text tells at first sight.</summary>
internal static class QueryText
{
    private static readonly string[] Readers = ["select", "show", "values", "table", "describe", "desc", "explain"];

    /// <summary>Whether it begins as a query that only reads. A text that begins otherwise (also <c>with</c>) may write.</summary>
    internal static bool OnlyReads(string text)
    {
        ReadOnlySpan<char> start = text.AsSpan().TrimStart();
        int end = 0;
        while (end < start.Length && char.IsLetter(start[end]))
        {
            end++;
        }

        string first = start[..end].ToString();
        return !start.TrimEnd().TrimEnd(';').Contains(';') && Readers.Contains(first, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>One line of it, for people.</summary>
    internal static string Shorten(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 120 ? line : line[..117] + "...";
    }
}
