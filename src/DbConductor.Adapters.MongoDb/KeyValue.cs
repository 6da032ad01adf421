using System.Globalization;
using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Values of keys in a form that is the same where MongoDB takes them for equal: it compares numbers by value, whatever their types, and text by the collection's collation.
/// </summary>
internal sealed class KeyValue
{
    /// <summary>Dividing by it takes trailing zeros away.</summary>
    private const decimal One = 1.0000000000000000000000000000m;

    private const double ExactInDouble = 9007199254740992;

    private readonly CompareInfo? _compare;
    private readonly CompareOptions _options;

    /// <param name="collation">The collection's collation; null means that text is compared byte by byte.</param>
    public KeyValue(BsonDocument? collation)
    {
        if (collation is not null)
        {
            // both sides take the rules from ICU (https://www.mongodb.com/docs/manual/reference/collation/)
            string locale = collation.GetValue("locale", "").AsString.Split('@')[0].Replace('_', '-');
            _compare = CultureInfo.GetCultureInfo(locale == "simple" ? "" : locale).CompareInfo;
            _options = collation.GetValue("strength", 3).ToInt32() switch
            {
                1 => CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace,
                2 => CompareOptions.IgnoreCase,
                _ => CompareOptions.None,
            };
        }
    }

    public object Canonical(object value) => value switch
    {
        string text when _compare is not null => _compare.GetSortKey(text, _options).KeyData,
        short or int or long => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
        decimal x => x == 0 ? 0m : x / One,
        // a double that is no whole number can equal a decimal only by chance of its digits; those that are whole often do
        float or double when Convert.ToDouble(value, CultureInfo.InvariantCulture) is var x && Math.Floor(x).Equals(x) && Math.Abs(x) <= ExactInDouble => (decimal)x,
        _ => value,
    };
}
