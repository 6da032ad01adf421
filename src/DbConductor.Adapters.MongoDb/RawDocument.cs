using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Bson.Serialization.Serializers;

namespace DbConductor.Adapters.MongoDb;

/// <summary>A document as its bytes, which the driver passes on as they are.</summary>
[BsonSerializer(typeof(Serializer))]
internal sealed class RawDocument(byte[] bytes)
{
    public byte[] Bytes => bytes;

    /// <summary>Copies the bytes out of the driver's buffers and into them.</summary>
    public sealed class Serializer : SerializerBase<RawDocument>
    {
        public override RawDocument Deserialize(BsonDeserializationContext context, BsonDeserializationArgs args)
        {
            using IByteBuffer slice = context.Reader.ReadRawBsonDocument();
            byte[] bytes = new byte[slice.Length];
            slice.GetBytes(0, bytes, 0, bytes.Length);
            return new(bytes);
        }

        public override void Serialize(BsonSerializationContext context, BsonSerializationArgs args, RawDocument value)
        {
            using ByteArrayBuffer buffer = new(value.Bytes, isReadOnly: true);
            context.Writer.WriteRawBsonDocument(buffer);
        }
    }
}
