namespace DbConductor;

/// <summary>How two values of one type compare that are here and in no database: text character by character, in Unicode's order; NaN equals NaN.</summary>
internal sealed class CellOrder(bool ignoreCase) : IEqualityComparer<object>
{
    bool IEqualityComparer<object>.Equals(object? left, object? right) => left is not null && right is not null && AreEqual(left, right, ignoreCase);

    int IEqualityComparer<object>.GetHashCode(object value) => value switch
    {
        string text => string.GetHashCode(text, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal),
        byte[] bytes => bytes.Aggregate(bytes.Length, HashCode.Combine),
        _ => value.GetHashCode(),
    };

    /// <summary>Whether they are equal.</summary>
    internal static bool AreEqual(object left, object right, bool ignoreCase) => (left, right) switch
    {
        (string a, string b) => string.Equals(a, b, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal),
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        _ => left.Equals(right),
    };

    /// <summary>Which is before the other, as <see cref="IComparable"/> says it.</summary>
    internal static int Compare(object left, object right, bool ignoreCase) => (left, right) switch
    {
        (string a, string b) => ignoreCase ? string.Compare(a, b, StringComparison.OrdinalIgnoreCase) : InUnicode(a, b),
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
        _ => ((IComparable)left).CompareTo(right),
    };

    private static int InUnicode(string left, string right)
    {
        int same = left.AsSpan().CommonPrefixLength(right);
        return same == left.Length || same == right.Length ? left.Length.CompareTo(right.Length) : Place(left[same]).CompareTo(Place(right[same]));
    }

    // characters beyond U+FFFF come behind all others, and their halves have numbers below some of these
    private static int Place(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
