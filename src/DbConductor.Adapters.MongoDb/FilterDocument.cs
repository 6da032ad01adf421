using System.Globalization;
using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Renders a filter as a query document. MongoDB's own conditions are two-valued already: an order comparison matches values of the same kind alone, and <c>null</c>
/// finds null and missing alike.
/// </summary>
internal sealed class FilterDocument
{
    private static readonly BsonDocument Nothing = new(CollectionSchema.Id, new BsonDocument("$in", new BsonArray()));

    private readonly CollectionSchema _schema;
    private readonly Dictionary<string, Column> _columns = new(StringComparer.Ordinal);

    private FilterDocument(CollectionSchema schema) => _schema = schema;

    /// <summary>Renders a filter; null is every document.</summary>
    /// <exception cref="DbConductorException">A field that no document has, or a value that cannot be of its column's type.</exception>
    public static async Task<BsonDocument> RenderAsync(Filter? filter, CollectionSchema schema, FieldResolver fields, CancellationToken cancel)
    {
        if (filter is null)
        {
            return [];
        }

        FilterDocument rendering = new(schema);
        foreach (string name in Names(filter).Distinct(StringComparer.Ordinal))
        {
            rendering._columns[name] = await fields.FindAsync(name, cancel).ConfigureAwait(false);
        }

        return rendering.Render(filter);
    }

    private static IEnumerable<string> Names(Filter filter) => filter switch
    {
        NotFilter not => Names(not.Part),
        AndFilter and => and.Parts.SelectMany(Names),
        OrFilter or => or.Parts.SelectMany(Names),
        NullFilter isNull => [isNull.Column],
        CompareFilter compare => [compare.Column],
        InFilter list => [list.Column],
        LikeFilter like => [like.Column],
        _ => [],
    };

    private BsonDocument Render(Filter filter) => filter switch
    {
        NotFilter not => Negated(Render(not.Part), true),
        AndFilter { Parts.Count: 0 } => [],
        AndFilter and => new("$and", new BsonArray(and.Parts.Select(Render))),
        OrFilter { Parts.Count: 0 } => Nothing,
        OrFilter or => new("$or", new BsonArray(or.Parts.Select(Render))),
        ConstantFilter constant => constant.Value ? [] : Nothing,
        NullFilter isNull => new(_columns[isNull.Column].Name, isNull.Negated ? new BsonDocument("$ne", BsonNull.Value) : BsonNull.Value),
        CompareFilter compare => Compare(compare, _columns[compare.Column]),
        InFilter list => In(list, _columns[list.Column]),
        LikeFilter like => Like(like, _columns[like.Column]),
        _ => throw new DbConductorException(DbErrorKind.NotSupported, $"{filter.GetType().Name} cannot be said to MongoDB."),
    };

    private static BsonDocument Negated(BsonDocument condition, bool negated) => negated ? new("$nor", new BsonArray { condition }) : condition;

    private BsonDocument Compare(CompareFilter compare, Column column)
    {
        if (compare.Op == CompareOp.NotEqual)
        {
            return Negated(Compare(compare with { Op = CompareOp.Equal }, column), true);
        }

        if (FilterValue.StandsForNull(compare.Value, column))
        {
            return compare.Op == CompareOp.Equal ? new(column.Name, BsonNull.Value) : Nothing;
        }

        FittedComparison fitted = FilterValue.Fit(column, compare.Op, compare.Value);
        if (fitted.Value is not { } value)
        {
            return Nothing;
        }

        if (value is string text && compare.Match != TextMatch.Column)
        {
            return fitted.Op == CompareOp.Equal ? Equal(column, text, compare.Match) : Order(column, fitted.Op, text, compare.Match);
        }

        return new(column.Name, new BsonDocument(Operator(fitted.Op), BsonEncoder.ToBson(value, column)));
    }

    private static string Operator(CompareOp op) => op switch
    {
        CompareOp.Equal => "$eq",
        CompareOp.Less => "$lt",
        CompareOp.LessOrEqual => "$lte",
        CompareOp.Greater => "$gt",
        _ => "$gte",
    };

    private BsonDocument Equal(Column column, string text, TextMatch match)
    {
        BsonDocument equal = new(column.Name, new BsonDocument("$eq", BsonEncoder.ToBson(text, column)));
        return match == TextMatch.IgnoreCase ? new(column.Name, TextPattern.Whole(text, ignoreCase: true))
            : _schema.Collation is null ? equal
            : new("$and", new BsonArray { equal, new BsonDocument(column.Name, TextPattern.Whole(text, ignoreCase: false)) });
    }

    private BsonDocument Order(Column column, CompareOp op, string text, TextMatch match) => match == TextMatch.Exact && _schema.Collation is null
        ? new(column.Name, new BsonDocument(Operator(op), text))
        : throw new DbConductorException(
            DbErrorKind.NotSupported,
            $"MongoDB has one order of text per query, the collection's: column '{column.Name}' cannot be compared in another one. Use -lt, -le, -gt or -ge, or a native query with a collation.")
        { Column = column.Name };

    private BsonDocument In(InFilter list, Column column)
    {
        BsonArray values = [];
        List<string> exact = [];
        foreach (object? item in list.Values)
        {
            if (item is null || FilterValue.StandsForNull(item, column))
            {
                values.Add(BsonNull.Value);
            }
            else if (FilterValue.Fit(column, CompareOp.Equal, item).Value is { } value)
            {
                if (value is string text && list.Match == TextMatch.IgnoreCase)
                {
                    values.Add(TextPattern.Whole(text, ignoreCase: true));
                }
                else if (value is string word && list.Match == TextMatch.Exact && _schema.Collation is not null)
                {
                    exact.Add(word);
                }
                else
                {
                    values.Add(BsonEncoder.ToBson(value, column));
                }
            }
        }

        BsonDocument found = new(column.Name, new BsonDocument("$in", values));
        return Negated(exact.Count == 0 ? found : new("$or", new BsonArray(exact.Select(word => Equal(column, word, TextMatch.Exact)).Prepend(found))), list.Negated);
    }

    private BsonDocument Like(LikeFilter like, Column column)
    {
        if (column.Type.Kind is not (PortableKind.String or PortableKind.Object))
        {
            throw new DbConductorException(
                DbErrorKind.NotSupported, $"-like looks at text, and column '{column.Name}' is {column.Type}. Compare it with -eq, -lt or -gt, or write a native query with $toString.")
            { Column = column.Name };
        }

        // a collation of strength 1 or 2 makes no difference of case, and regular expressions know no collations
        bool ignoreCase = like.Match == TextMatch.IgnoreCase
            || (like.Match == TextMatch.Column && _schema.Collation?.GetValue("strength", 3).ToInt32() is 1 or 2);
        return Negated(new(column.Name, TextPattern.Of(like.Pattern, ignoreCase)), like.Negated);
    }
}
