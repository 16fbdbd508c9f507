//! The inventory as a schema of the SQL engine. A table is converted when it is first named.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::common::DFSchema;
use datafusion::datasource::MemTable;
use datafusion::error::{DataFusionError, Result};
use partywall_model::{Inventory, TABLES, table};

use partywall_columnar::rows;

/// Every table of the inventory.
#[derive(Debug)]
pub(crate) struct InventorySchema {
    inventory: Arc<Inventory>,
    loaded: Mutex<HashMap<String, Arc<Loaded>>>,
}

/// A table in the engine's form.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) schema: SchemaRef,
    pub(crate) qualified: DFSchema,
    pub(crate) rows: RecordBatch,
}

impl InventorySchema {
    pub(crate) fn new(inventory: Arc<Inventory>) -> Self {
        Self { inventory, loaded: Mutex::new(HashMap::new()) }
    }

    /// The table of this name, converted once. None when there is none.
    pub(crate) fn load(&self, name: &str) -> Result<Option<Arc<Loaded>>> {
        let Some(table) = table(name) else { return Ok(None) };
        let poisoned = |_| DataFusionError::Internal("a thread failed while it loaded a table".into());
        if let Some(loaded) = self.loaded.lock().map_err(poisoned)?.get(name) {
            return Ok(Some(loaded.clone()));
        }
        let schema = rows::schema(table);
        let rows = rows::batch(table, &schema, self.inventory.rows(name))?;
        let loaded = Arc::new(Loaded { qualified: DFSchema::try_from_qualified_schema(name, &schema)?, schema, rows });
        self.loaded.lock().map_err(poisoned)?.insert(name.to_owned(), loaded.clone());
        Ok(Some(loaded))
    }
}

#[async_trait]
impl SchemaProvider for InventorySchema {
    fn table_names(&self) -> Vec<String> {
        TABLES.iter().map(|table| table.name.to_owned()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let Some(loaded) = self.load(name)? else { return Ok(None) };
        Ok(Some(Arc::new(MemTable::try_new(loaded.schema.clone(), vec![vec![loaded.rows.clone()]])?)))
    }

    fn table_exist(&self, name: &str) -> bool {
        table(name).is_some()
    }
}
