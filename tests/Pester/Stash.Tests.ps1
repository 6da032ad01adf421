BeforeDiscovery { . $PSScriptRoot/TestAdapters.ps1 }
BeforeAll { . $PSScriptRoot/TestAdapters.ps1 }

Describe 'The stash on <Type>' -ForEach $TestAdapters {
    BeforeAll { $session = Open-TestSession $Type }
    AfterAll { Close-TestSession $session }
    BeforeEach { Skip-WithoutServer $session }

    It 'keeps piped objects as they are' {
        $time = [datetime]::new(2024, 2, 29, 12, 0, 0, [DateTimeKind]::Utc).AddTicks(7)
        $rows = @(
            [pscustomobject]@{ id = 1; text = 'Māori 🛫'; number = 1.5d; time = $time; guid = [guid]'0f8fad5b-d9cb-469f-a165-70867728950e'; nested = @{ a = 1, 2 }; mixed = 'x'; nan = [double]::NaN }
            [pscustomobject]@{ id = 2; text = $null; number = 2d; time = $null; guid = $null; nested = $null; mixed = 7; nan = 1.5 })
        $handle = $rows | Save-DbStash kinds
        $handle.Name, $handle.Version, $handle.State, $handle.Rows | Should -Be 'kinds', 1, 'Ready', 2
        $back = @(Receive-DbStash kinds | Sort-Object id)
        $back[0].id | Should -BeOfType [int]
        $back[0].text | Should -BeExactly 'Māori 🛫'
        $back[0].number | Should -BeOfType [decimal]
        $back[0].time.Ticks | Should -Be $time.Ticks
        $back[0].time.Kind | Should -Be Utc
        $back[0].guid | Should -Be ([guid]'0f8fad5b-d9cb-469f-a165-70867728950e')
        $back[0].nested.a | Should -Be 1, 2
        $back.mixed | Should -Be 'x', 7
        $back[1].mixed | Should -BeOfType [int]
        [double]::IsNaN($back[0].nan) | Should -BeTrue
        $back[1].text | Should -BeNullOrEmpty
    }

    It 'declares types, reads texts as null and names what does not fit' {
        $null = @{ n = 'NA' }, @{ n = '5' } | Save-DbStash declared -ColumnType @{ n = 'int' } -NullText NA
        @(Receive-DbStash declared | Sort-Object n | ForEach-Object { "$($_.n)" }) | Should -Be '', '5'
        $failure = Get-Failure { @{ n = '5' }, @{ n = 'five' } | Save-DbStash declared -ColumnType @{ n = 'int' } }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidData,*'
        $failure.Exception.Message | Should -BeLike "Row 2, column 'n'*"
        (Get-DbStash declared).Version | Should -Be 1
    }

    It 'takes a table without making objects, and gives rows by filter, property and number' {
        $null = 1..20 | ForEach-Object { [pscustomobject]@{ id = $_; name = "n$_" } } | Save-DbBatch -Into source_rows -CreateTable -Key id
        $handle = Save-DbStash copied -From source_rows -Where { $_.id -gt 5 } -Property @{ number = 'id' }, name
        $handle.Rows | Should -Be 15
        $handle.Columns.Name | Should -Be 'number', 'name'
        ($handle | Receive-DbStash -Where { $_.number -le 7 } -Property @{ label = 'name' }).label | Sort-Object | Should -Be 'n6', 'n7'
        @($handle | Receive-DbStash -First 3).Count | Should -Be 3
        ($handle | Receive-DbStash -As Hashtable | Select-Object -First 1) | Should -BeOfType [Collections.IDictionary]
    }

    It 'takes a file without making objects' {
        $file = Join-Path $PSScriptRoot ../../examples/data/airports.csv
        $handle = Save-DbStash airports -Path $file -NullText NA -ColumnType @{ alt = 'int'; lat = 'double' }
        $handle.Rows | Should -Be 1458
        (Receive-DbStash airports -Where @{ faa = 'JFK' }).alt | Should -BeExactly 13
        (Get-Failure { Save-DbStash airports -Path $file -ColumnType @{ name = 'int' } }).Exception.Message | Should -BeLike "*is line 2 of airports.csv*"
        (Get-Failure { Save-DbStash airports -LiteralPath ./nothing.csv }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotFound,*'
        (@{ faa = 'JFK' } | Join-DbBatch -Right $file -On faa).name | Should -Be 'John F Kennedy Intl'
        @(Join-DbBatch -Left (Get-Item $file) -Right $handle -On faa -JoinType Semi).Count | Should -Be 1458
    }

    It 'means its rows where rows are taken' {
        $handle = @{ id = 1 }, @{ id = 2 } | Save-DbStash numbers
        ($handle | Save-DbBatch -Into from_stash -CreateTable).Rows | Should -Be 2
        ($handle | Save-DbStash again).Checksum | Should -Be $handle.Checksum
        ($handle | Join-DbBatch -Right from_stash -On id | Measure-Object).Count | Should -Be 2
    }

    It 'keeps a handle to its version' {
        $first = @{ id = 1 } | Save-DbStash versions
        $second = @{ id = 1 }, @{ id = 2 } | Save-DbStash versions
        $second.Version | Should -Be 2
        (Get-Failure { $first | Receive-DbStash }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotFound,*'
        @(Receive-DbStash versions).Count | Should -Be 2
        @(Get-DbStash vers*).Count | Should -Be 1
    }

    It 'leaves nothing where the pipeline fails or is left' {
        $before = (Get-DbTable dbconductor_stash_*).Count
        { 1..5000 | ForEach-Object { if ($_ -eq 4500) { throw 'upstream' }; @{ id = $_ } } | Save-DbStash broken } | Should -Throw 'upstream'
        Get-DbStash brok* | Should -BeNullOrEmpty
        (Get-DbTable dbconductor_stash_*).Count | Should -Be $before
    }

    It 'says what is not there' {
        Get-DbStash nothing-* | Should -BeNullOrEmpty
        Get-DbStash nothing -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotFound,*'
        (Get-Failure { Receive-DbStash nothing -ErrorAction Stop }).CategoryInfo.Category | Should -Be ObjectNotFound
    }

    It 'is waited for, and the time-out says what is missing' {
        $null = @{ id = 1 } | Save-DbStash first
        $null = @{ id = 1 } | Save-DbStash second
        (Wait-DbStash second, first -Timeout 10).Name | Should -Be 'second', 'first'
        $failure = Get-Failure { Wait-DbStash first, missing -Timeout 1 }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.Timeout,*'
        $failure.Exception.Message | Should -BeLike "*'missing', which is not there*"
        $failure.Exception.Message | Should -Not -BeLike "*'first'*"
    }

    It 'is written by who holds its lease alone' {
        $lease = Lock-DbStash locked
        (Get-Failure { Lock-DbStash locked }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.Busy,*'
        (Get-Failure { @{ id = 1 } | Save-DbStash locked }).Exception.Message | Should -BeLike "*is locked by*"
        (@{ id = 1 } | Save-DbStash locked -Lease $lease).Version | Should -Be 1
        Unlock-DbStash $lease
        $lease.IsLost | Should -BeTrue
        (@{ id = 1 } | Save-DbStash locked).Version | Should -Be 2
        $leases = Get-DbStash locked | Lock-DbStash
        $leases.Name | Should -Be locked
        $leases | Unlock-DbStash
    }

    It 'lets rows be written into tables under its lease, which ends with its session' {
        $lease = Lock-DbStash work
        $null = @{ id = 1; v = 'x' } | Save-DbBatch -Into leased -CreateTable -Lease $lease
        (Copy-DbBatch -From leased -Into leased_copy -CreateTable -Lease $lease -Where @{ id = 1 }).Rows | Should -Be 1
        (Get-Failure { @{ id = 2; v = 'y' } | Save-DbBatch -Into leased -Lease 'work' }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument,*'
        Unlock-DbStash $lease
        $failure = Get-Failure { @{ id = 2; v = 'y' } | Save-DbBatch -Into leased -Lease $lease }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.Busy,*'
        "$failure" | Should -BeLike "*'work' was given back*"
        (Measure-DbBatch leased).Count | Should -Be 1

        $null = Invoke-Expression "$(Get-TestConnect $session $Type) -Name second"
        $held = Lock-DbStash ended -Adapter second
        (Get-Failure { Lock-DbStash ended }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.Busy,*'
        Disconnect-DbAdapter second
        $held.IsLost | Should -BeTrue
        Unlock-DbStash $held
        Unlock-DbStash (Lock-DbStash ended)
    }

    It 'is removed by name, handle, and when its time is over' {
        $null = @{ id = 1 } | Save-DbStash gone
        Remove-DbStash gone -WhatIf
        Get-DbStash gone | Should -Not -BeNullOrEmpty
        Remove-DbStash gone
        Get-DbStash gon* | Should -BeNullOrEmpty
        @{ id = 1 } | Save-DbStash short -ExpiresAfter ([timespan]::FromMilliseconds(1)) | Out-Null
        Start-Sleep -Milliseconds 50
        (Get-DbStash short).State | Should -Be Expired
        Remove-DbStash -Expired
        Remove-DbStash -Abandoned
        Get-DbStash shor* | Should -BeNullOrEmpty
        @{ id = 1 }, @{ id = 2 } | Save-DbStash eaten | Out-Null
        (Get-Failure { Receive-DbStash eaten -First 1 -Remove }).FullyQualifiedErrorId | Should -BeLike 'DbConductor.InvalidArgument,*'
        Get-DbStash eaten | Receive-DbStash -Remove | Should -HaveCount 2
        Get-DbStash eate* | Should -BeNullOrEmpty
    }
}

Describe 'Waiting for a stash' {
    BeforeAll { $session = Open-TestSession Sqlite }
    AfterAll { Close-TestSession $session }

    It 'shows what is waited for while it is, no more often than can be read, and takes that away at the end' {
        $null = @{ id = 1 } | Save-DbStash shown
        $script = "`$null = $(Get-TestConnect $session Sqlite); Wait-DbStash shown, later -Timeout"
        foreach ($case in @{ Timeout = '3s'; Ends = $false }, @{ Timeout = '1m'; Ends = $true }) {
            $other = Start-Other "$script $($case.Timeout)"
            $progress = $other.Shell.Streams.Progress
            Wait-Until { @($progress | Where-Object Activity -EQ 'Wait for stash shown, later').Count -ge 2 }
            if ($case.Ends) { $null = @{ id = 1 } | Save-DbStash later }
            Wait-Until { $other.Run.IsCompleted }
            $records = @($progress | Where-Object Activity -EQ 'Wait for stash shown, later')
            $waiting = @($records | Where-Object RecordType -EQ Processing)
            $waiting[0].StatusDescription | Should -BeLike '1 of 2 ready; waiting for later since 00:00:0? of 00:0?:0?'
            # within a second there is none, and then at most five a second
            $waiting.Count | Should -BeLessOrEqual ($case.Ends ? 300 : 16)
            $records[-1].RecordType | Should -Be Completed
            @($records | Where-Object RecordType -EQ Completed).Count | Should -Be 1
            $other.Shell.HadErrors | Should -Be (-not $case.Ends)
            $other.Shell.Dispose()
        }
        Remove-DbStash later
    }
}

Describe 'A lease in memory' {
    It 'is no business of a transaction in another database in memory' {
        $one = Connect-DbAdapter -Type Sqlite -Database :memory: -Name one
        $other = Connect-DbAdapter -Type Sqlite -Database :memory: -Name other
        try {
            $lease = Lock-DbStash days -Adapter one -ExpiresAfter '10m'
            Use-DbTransaction -Adapter other { Invoke-DbQuery 'select 1' -As SingleValue } | Should -Be 1
            $null = Save-DbStash elsewhere -Adapter other -InputObject @{ id = 1 }
            Use-DbTransaction -Adapter other { Invoke-DbQuery 'select 1' -As SingleValue } | Should -Be 1
            (@{ id = 1 } | Save-DbStash days -Adapter one -Lease $lease).Rows | Should -Be 1
            Unlock-DbStash $lease
        }
        finally { $one, $other | Disconnect-DbAdapter }
    }
}

Describe 'A stash beside a transaction' {
    It 'is refused on SQLite rather than wait for ever, and read as usual' {
        $session = Open-TestSession Sqlite
        try {
            $null = @{ id = 1 } | Save-DbStash before
            Use-DbTransaction {
                $null = @{ id = 1 } | Save-DbBatch -Into t -CreateTable
                @(Receive-DbStash before).Count | Should -Be 1
                (Get-Failure { @{ id = 1 } | Save-DbStash within }).Exception.Message | Should -BeLike '*one writer at a time*'
            }

            (Measure-DbBatch t).Count | Should -Be 1
        }
        finally { Close-TestSession $session }
    }
}
