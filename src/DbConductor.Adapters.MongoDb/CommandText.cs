using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// Reads native commands: a document in (Extended) JSON, or an array of them that run one after the other. A text <c>"@name"</c> in it stands for the parameter of that
/// name; <c>"$db"</c> names another database than the session's.
/// </summary>
internal static class CommandText
{
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.Syntax"/>: not a command.</exception>
    public static IEnumerable<(string? Database, BsonDocument Command)> Read(NativeQuery query)
    {
        foreach (BsonDocument command in Parse(query.Text))
        {
            string? database = null;
            if (command.TryGetElement("$db", out BsonElement named) && named.Value.IsString)
            {
                database = named.Value.AsString;
                command.Remove("$db");
            }

            if (command.ElementCount == 0)
            {
                throw Wrong("a command is an empty document");
            }

            yield return (database, (BsonDocument)Bind(command, query.Parameters));
        }
    }

    private static IEnumerable<BsonDocument> Parse(string text)
    {
        try
        {
            using JsonReader reader = new(text);
            BsonValue read = BsonSerializer.Deserialize<BsonValue>(reader);
            return read switch
            {
                BsonDocument one when reader.IsAtEndOfFile() => [one],
                BsonArray { Count: > 0 } several when reader.IsAtEndOfFile() && several.All(c => c.IsBsonDocument) => several.Select(c => c.AsBsonDocument).ToList(),
                _ => throw Wrong("it is neither one document nor an array of them"),
            };
        }
        catch (Exception e) when (e is FormatException or EndOfStreamException or InvalidOperationException or BsonException)
        {
            // the reader's own words can quote the text
            throw Wrong("it is not (Extended) JSON");
        }
    }

    private static BsonValue Bind(BsonValue value, IReadOnlyDictionary<string, object?> parameters)
    {
        switch (value)
        {
            case BsonDocument document:
                for (int i = 0; i < document.ElementCount; i++)
                {
                    document[i] = Bind(document[i], parameters);
                }

                return document;
            case BsonArray array:
                for (int i = 0; i < array.Count; i++)
                {
                    array[i] = Bind(array[i], parameters);
                }

                return array;
            case BsonString { Value: ['@', ..] name } when parameters.TryGetValue(name[1..], out object? bound):
                Column column = new(name[1..], default);
                return BsonEncoder.ToBson(ValueConversion.Convert(bound, column), column);
            default:
                return value;
        }
    }

    private static DbConductorException Wrong(string why) => new(
        DbErrorKind.Syntax, $"The query is not a MongoDB command: {why}. Write {{ \"find\": \"people\", \"filter\": {{ \"age\": {{ \"$gt\": \"@age\" }} }} }}, or in PowerShell [ordered]@{{ find = 'people' }}.");
}
