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

    private byte[] _prefix;

    /// <summary>Ids that no other call makes.</summary>
    public MadeIds()
        : this(RandomNumberGenerator.GetBytes(PrefixLength))
    {
    }

    private MadeIds(byte[] prefix) => _prefix = prefix;

    /// <summary>Where the documents are a batch's on a server without transactions: called before each sending.</summary>
    public Action? RequireHeld { get; private set; }

    /// <summary>The ids that a sender of a batch makes: eight bytes of the batch's, and the number of its lease.</summary>
    public static MadeIds Of(string batch, int fence)
    {
        byte[] prefix = new byte[PrefixLength];
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(batch)).AsSpan(0, PrefixLength - 2).CopyTo(prefix);
        BinaryPrimitives.WriteUInt16BigEndian(prefix.AsSpan(PrefixLength - 2), checked((ushort)fence));
        return new(prefix);
    }

    /// <summary>From now on these are the ids of the lease's holder.</summary>
    public void Take(string batch, BatchLease lease)
    {
        _prefix = Of(batch, lease.Fence)._prefix;
        RequireHeld = lease.RequireHeld;
    }

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
