namespace DbConductor.Adapters.MongoDb;

/// <summary>Another call has landed this commit of a batch meanwhile: the ledger is to be asked again. Never leaves the adapter.</summary>
internal sealed class BatchTakenException : Exception;
