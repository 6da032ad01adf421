namespace DbConductor;

/// <summary>What a vault gave for a name.</summary>
/// <param name="UserName">The user's name, where the vault keeps one beside the secret.</param>
/// <param name="Value">The secret.</param>
public sealed record VaultSecret(string? UserName, Secret Value);

/// <summary>Asks a vault; called on the thread that resolves the profile.</summary>
/// <param name="vault">The vault's name; null means the default one.</param>
/// <param name="name">The secret's name.</param>
/// <exception cref="DbConductorException">There is no vault, or no such secret in it; the message says which, and the remedy.</exception>
public delegate VaultSecret SecretVault(string? vault, string name);
