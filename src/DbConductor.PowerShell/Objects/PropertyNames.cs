using System.Globalization;

namespace DbConductor.PowerShell;

/// <summary>Names for what must have different ones.</summary>
internal static class PropertyNames
{
    /// <summary>
    /// The same names, but <c>id, id</c> becomes <c>id, id_2</c>, and a column without a name <c>Column</c> and its place, counted from 1.
    /// </summary>
    /// <param name="names">The columns' names.</param>
    /// <param name="comparer">What counts as equal.</param>
    internal static string[] Distinct(IReadOnlyList<string> names, StringComparer comparer)
    {
        HashSet<string> given = new(names, comparer);
        HashSet<string> taken = new(comparer);
        string[] distinct = new string[names.Count];
        for (int i = 0; i < distinct.Length; i++)
        {
            string name = names[i].Length > 0 ? names[i] : string.Create(CultureInfo.InvariantCulture, $"Column{i + 1}");
            string candidate = name;
            for (int n = 2; taken.Contains(candidate) || (candidate != names[i] && given.Contains(candidate)); n++)
            {
                candidate = string.Create(CultureInfo.InvariantCulture, $"{name}_{n}");
            }

            taken.Add(candidate);
            distinct[i] = candidate;
        }

        return distinct;
    }
}
