using System.Buffers.Binary;
using System.Security.Cryptography;
using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// The <c>_id</c>s that a call makes for documents without one: 16 bytes, ten that are its own and then a number, so that what it has written can be found by a range of
/// the index on <c>_id</c>, and nobody else's with it.
/// </summary>
internal sealed class MadeIds
{
    private const int PrefixLength = 10;

    private readonly byte[] _prefix;

    /// <summary>Ids that no other call makes.</summary>
    public MadeIds()
        : this(RandomNumberGenerator.GetBytes(PrefixLength))
    {
    }

    private MadeIds(byte[] prefix) => _prefix = prefix;

    /// <summary>The ids that every call makes which sends this batch to this collection.</summary>
    public static MadeIds Of(string target, string batchId) =>
        new(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{target}\0{batchId}"))[..PrefixLength]);

    /// <summary>The id of a row.</summary>
    public byte[] Make(long number)
    {
        byte[] id = new byte[16];
        _prefix.CopyTo(id, 0);
        Span<byte> whole = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(whole, number);
        whole[2..].CopyTo(id.AsSpan(PrefixLength));
        return id;
    }

    /// <summary>What finds the documents with ids of this call from a row's on.</summary>
    public BsonDocument From(long number) => new(CollectionSchema.Id, new BsonDocument
    {
        { "$gte", new BsonBinaryData(Make(number)) }, { "$lte", new BsonBinaryData(Make((1L << 48) - 1)) },
    });
}
